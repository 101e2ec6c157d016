package io.longhaul.coordinator.show;

import io.longhaul.coordinator.run.Overview;
import io.longhaul.coordinator.run.Session;
import io.longhaul.coordinator.run.View;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One session in words: a row of the list, or all that is known. Pure. */
public final class SessionText {
  private SessionText() {}

  /** Returns an empty list of sessions. */
  public static Table table() {
    return new Table("SESSION", "SOURCE → TARGET", "STATE", "PROGRESS", "AGE");
  }

  /** Adds a session to the list. */
  public static void row(Table table, Overview.Both both, Instant now) {
    View view = both.view(0);
    Session session = both.session();
    Duration age = Duration.between(session.id().created(), now);
    table.row(
        session.id().toString(),
        session.route(),
        state(both),
        Words.progress(view.deliveredBytes(), view.totalBytes()),
        TimeSpan.display(age.isNegative() ? Duration.ZERO : age));
  }

  private static String state(Overview.Both both) {
    Optional<Failure> failure =
        both.receive()
            .flatMap(ReceiveStatus::failure)
            .or(() -> both.send().flatMap(SendStatus::failure));
    return both.view(0).phase() + failure.map(f -> " (" + f.kind().text() + ")").orElse("");
  }

  /**
   * Returns all that is known of a session, as lines.
   *
   * @param warnings what its agents warn of
   */
  public static List<String> lines(Overview.Both both, List<String> warnings) {
    View view = both.view(0);
    Session session = both.session();
    List<String> lines = new ArrayList<>();
    lines.add("session " + session.id() + "  " + view.phaseWithTime());
    lines.add(
        "  source    "
            + session.source()
            + "  "
            + both.send()
                .map(s -> agent(session.sender(), s.state()) + sender(s))
                .orElse("not known to any agent asked"));
    lines.add(
        "  target    "
            + session.target()
            + "  "
            + both.receive()
                .map(s -> agent(session.receiver(), s.state()) + receiver(s))
                .orElse("not known to any agent asked"));
    lines.add(
        "  progress  "
            + Words.progress(view.deliveredBytes(), view.totalBytes())
            + ", "
            + String.join(", ", Words.network(view)));
    if (!view.state().map(SessionState::ended).orElse(false)) {
      both.send()
          .ifPresent(
              s -> lines.add(limits("sender", s.limits(), s.sinceProgress(), s.sinceContact())));
      both.receive()
          .ifPresent(
              s -> lines.add(limits("receiver", s.limits(), s.sinceProgress(), s.sinceContact())));
    }
    Map<String, String> labels =
        both.receive()
            .map(ReceiveStatus::labels)
            .or(() -> both.send().map(SendStatus::labels))
            .orElse(Map.of());
    labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(label -> lines.add("  label     " + label.getKey() + "=" + label.getValue()));
    both.send().flatMap(SendStatus::failure).ifPresent(f -> failure(lines, "sender", f));
    both.receive().flatMap(ReceiveStatus::failure).ifPresent(f -> failure(lines, "receiver", f));
    warnings.forEach(warning -> lines.add("  warning   " + warning));
    return lines;
  }

  private static String agent(Optional<?> agent, SessionState state) {
    return agent.map(a -> a + ": ").orElse("") + state.text();
  }

  private static String sender(SendStatus s) {
    return ", sealed "
        + s.sealedTo()
        + " chunks ("
        + DataSize.display(s.sealedBytes())
        + "), released "
        + s.releasedTo()
        + ", spool "
        + DataSize.display(s.sealedBytes() - s.releasedBytes())
        + " of "
        + DataSize.display(s.spoolLimitBytes())
        + (s.attempt() > 1 ? ", attempt " + s.attempt() : "");
  }

  private static String receiver(ReceiveStatus s) {
    return ", verified "
        + s.verifiedTo()
        + " chunks ("
        + DataSize.display(s.verifiedBytes())
        + "), fed "
        + s.fedTo()
        + (s.sinkPid().isPresent() ? ", sink pid " + s.sinkPid().getAsLong() : "");
  }

  private static String limits(
      String side, SessionLimits limits, Duration sinceProgress, Duration sinceContact) {
    return "  limits    "
        + side
        + ": "
        + left(limits.stalled(), sinceProgress)
        + " until stalled, "
        + left(limits.unreachable(), sinceContact)
        + " until unreachable";
  }

  private static String left(Duration limit, Duration passed) {
    Duration left = limit.minus(passed);
    return TimeSpan.display(left.isNegative() ? Duration.ZERO : left);
  }

  private static void failure(List<String> lines, String side, Failure failure) {
    lines.add(
        "  " + side + ": " + failure.kind().text() + (failure.resumable() ? " (resumable)" : ""));
    failure.message().lines().forEach(line -> lines.add("    " + line));
  }
}
