package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.run.Display;
import io.longhaul.coordinator.run.Ending;
import io.longhaul.coordinator.run.Overview;
import io.longhaul.coordinator.run.Session;
import io.longhaul.coordinator.run.View;
import io.longhaul.coordinator.run.Watch;
import io.longhaul.coordinator.run.Watchdog;
import io.longhaul.coordinator.show.BarDisplay;
import io.longhaul.coordinator.show.LineDisplay;
import io.longhaul.coordinator.show.Report;
import io.longhaul.coordinator.show.SilentDisplay;
import io.longhaul.coordinator.show.Terminal;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.io.IOException;
import java.time.Instant;
import java.util.OptionalInt;
import picocli.CommandLine;

/*
 * Ctrl-C: the Java runtime runs its shutdown hooks and exits with 130 by itself. The hook only says that
 * the transfer goes on; it holds nothing up.
 */

/** Follows a session on the screen to its end, as {@code start} and {@code status --follow} do. */
final class Follow {
  private final CommandLine command;
  private final boolean json;

  Follow(CommandLine command, boolean json) {
    this.command = command;
    this.json = json;
  }

  /** Follows a session that its agents told of; returns what to exit with when it has ended. */
  ExitCode run(Overview.Both both) throws InterruptedException, IOException {
    SessionLimits limits =
        both.receive()
            .map(ReceiveStatus::limits)
            .or(() -> both.send().map(SendStatus::limits))
            .orElse(SessionLimits.DEFAULT);
    return run(both.session(), both.view(System.nanoTime()), limits);
  }

  /** Returns what to exit with when the session has ended. */
  ExitCode run(Session session, View first, SessionLimits limits)
      throws InterruptedException, IOException {
    Display display = display();
    Thread farewell = new Thread(() -> interrupted(session, display), "farewell");
    Runtime.getRuntime().addShutdownHook(farewell);
    Report report;
    ExitCode code;
    try (display) {
      display.say("session " + session.id() + "  " + session.route());
      Watch watch = new Watch(session, first, Watchdog.of(limits), display, System::nanoTime);
      Ending ending = watch.run();
      display.show(watch.view());
      report = Report.of(session, watch.view(), ending, Instant.now());
      code = ending.exitCode();
    }
    Runtime.getRuntime().removeShutdownHook(farewell);
    if (json) {
      command.getOut().println(Json.TOLERANT.writeValueAsString(report));
    } else {
      report.lines().forEach(command.getOut()::println);
    }
    return code;
  }

  private Display display() {
    if (json) {
      return new SilentDisplay(command.getErr());
    }
    OptionalInt columns = Terminal.columns();
    return columns.isPresent()
        ? new BarDisplay(command.getOut(), columns.getAsInt())
        : new LineDisplay(command.getOut());
  }

  private static void interrupted(Session session, Display display) {
    display.close();
    display.say("The transfer goes on without this command.");
    display.say("To watch it: coordinator status --follow " + session.id());
    display.say("To end it:   coordinator abort " + session.id());
  }
}
