package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.run.Overview;
import io.longhaul.coordinator.run.Session;
import io.longhaul.protocol.SessionId;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;

/** The one session that a command names and that has not ended. */
record RunningSession(Overview.Both both, boolean allAgentsAnswered) {

  /**
   * Finds the session by asking all agents; says on {@code err} which do not answer.
   *
   * @param verb what is to be done with it
   * @throws CommandFailure if nobody who answers knows it, or it has ended
   */
  static RunningSession find(CoordinatorCommand parent, SessionId id, String verb, PrintWriter err)
      throws Exception {
    Overview overview = Overview.of(parent.agents(), id);
    overview.silent().forEach(err::println);
    if (overview.sessions().isEmpty()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "Tried to "
              + verb
              + " session "
              + id
              + " but no agent that answers knows it; coordinator list shows all");
    }
    Overview.Both both = overview.sessions().getFirst();
    if (both.ended()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "Tried to "
              + verb
              + " session "
              + id
              + " but it has ended already: "
              + both.view(0).phase());
    }
    return new RunningSession(both, overview.silent().isEmpty());
  }

  /**
   * Gives both sides an order and prints what they say.
   *
   * @return how it went
   */
  ExitCode tell(Function<Session, List<String>> order, PrintWriter out) {
    List<String> lines = order.apply(both.session());
    lines.forEach(out::println);
    return Session.allTold(lines) && allAgentsAnswered ? ExitCode.DONE : ExitCode.FAILED;
  }
}
