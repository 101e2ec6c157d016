package io.longhaul.coordinator.run;

import io.longhaul.coordinator.agent.Agent;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A session and whom to ask about it.
 *
 * @param id the session
 * @param source where the stream comes from, as an endpoint, for people
 * @param target where it goes, as an endpoint, for people
 * @param sender its sender-agent, if we know it
 * @param receiver its receiver-agent, if we know it
 */
public record Session(
    SessionId id,
    String source,
    String target,
    Optional<Agent<SendRequest, SendStatus>> sender,
    Optional<Agent<ReceiveRequest, ReceiveStatus>> receiver) {
  private static final String NOT = "NOT ";

  /** Returns both ends for people. */
  public String route() {
    return source + " → " + target;
  }

  /**
   * Ends the session on both sides, the sink first; may be repeated.
   *
   * @return a line for people about each side
   */
  public List<String> abort(Failure why) {
    return tell("aborted", agent -> agent.abort(id, why));
  }

  /**
   * Pauses the session on both sides; may be repeated.
   *
   * @return a line for people about each side
   */
  public List<String> pause(String reason) {
    return tell("paused", agent -> agent.pause(id, reason));
  }

  /**
   * Takes a pause back on both sides; may be repeated.
   *
   * @return a line for people about each side
   */
  public List<String> resume() {
    return tell("resumed", agent -> agent.resume(id));
  }

  @FunctionalInterface
  private interface Order {
    void give(Agent<?, ?> agent) throws TransferException;
  }

  private List<String> tell(String done, Order order) {
    return Stream.concat(receiver.stream(), sender.stream())
        .map(agent -> tell(agent, done, order))
        .toList();
  }

  private static String tell(Agent<?, ?> agent, String done, Order order) {
    try {
      order.give(agent);
      return done + " at the " + agent;
    } catch (SessionEndedException e) {
      return "the " + agent + " has no such session running";
    } catch (TransferException e) {
      return NOT + done + " at the " + agent + ": " + e.getMessage();
    }
  }

  /** Returns whether these lines say that every side was told. */
  public static boolean allTold(List<String> lines) {
    return lines.stream().noneMatch(line -> line.startsWith(NOT));
  }
}
