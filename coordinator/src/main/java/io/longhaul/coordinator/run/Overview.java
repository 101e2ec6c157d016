package io.longhaul.coordinator.run;

import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.agent.Survey;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sessions of all agents, both sides of each brought together.
 *
 * @param sessions oldest first
 * @param silent why some agents could not be asked; they may know more sessions
 */
public record Overview(List<Both> sessions, List<String> silent) {
  private static final String UNKNOWN = "?";

  /**
   * One session as both sides tell it; at least one of them does.
   *
   * @param session the session and whom to ask about it
   * @param send what the sending side tells
   * @param receive what the receiving side tells
   */
  public record Both(Session session, Optional<SendStatus> send, Optional<ReceiveStatus> receive) {

    /** Returns whether both sides have ended, as far as they were asked. */
    public boolean ended() {
      return send.map(s -> s.state().ended()).orElse(true)
          && receive.map(r -> r.state().ended()).orElse(true);
    }

    /** Returns what is known at a moment. */
    public View view(long nowNanos) {
      return new View(
          send.map(s -> Sight.of(s, nowNanos)).orElseGet(Sight::none),
          receive.map(s -> Sight.of(s, nowNanos)).orElseGet(Sight::none),
          nowNanos);
    }
  }

  private record Side<A, S>(A agent, S status) {}

  /** Asks every agent for all its sessions. */
  public static Overview of(Agents agents) throws InterruptedException {
    return gather(agents, Agent::sessions, Agent::sessions);
  }

  /** Asks every agent for one session; at most one is found. */
  public static Overview of(Agents agents, SessionId id) throws InterruptedException {
    return gather(agents, agent -> knownOrNone(agent, id), agent -> knownOrNone(agent, id));
  }

  private static <S> List<S> knownOrNone(Agent<?, S> agent, SessionId id) throws TransferException {
    try {
      return List.of(agent.status(id));
    } catch (SessionEndedException e) {
      if (e.failure().kind() == FailureKind.NO_SUCH_SESSION) {
        return List.of();
      }
      throw e;
    }
  }

  private static Overview gather(
      Agents agents,
      Survey.Question<Agent<SendRequest, SendStatus>, List<SendStatus>> sends,
      Survey.Question<Agent<ReceiveRequest, ReceiveStatus>, List<ReceiveStatus>> receives)
      throws InterruptedException {
    SortedMap<SessionId, Side<Agent<SendRequest, SendStatus>, SendStatus>> sending =
        new TreeMap<>();
    SortedMap<SessionId, Side<Agent<ReceiveRequest, ReceiveStatus>, ReceiveStatus>> receiving =
        new TreeMap<>();
    List<String> silent = new ArrayList<>();
    for (var answer : Survey.ask(agents.senders(), sends)) {
      answer.failure().ifPresent(why -> silent.add(silence(answer.agent(), why)));
      for (SendStatus status : answer.value().orElse(List.of())) {
        sending.putIfAbsent(status.id(), new Side<>(answer.agent(), status));
      }
    }
    for (var answer : Survey.ask(agents.receivers(), receives)) {
      answer.failure().ifPresent(why -> silent.add(silence(answer.agent(), why)));
      for (ReceiveStatus status : answer.value().orElse(List.of())) {
        receiving.putIfAbsent(status.id(), new Side<>(answer.agent(), status));
      }
    }
    SortedMap<SessionId, Both> all = new TreeMap<>();
    sending.keySet().forEach(id -> all.put(id, both(id, sending, receiving)));
    receiving.keySet().forEach(id -> all.putIfAbsent(id, both(id, sending, receiving)));
    return new Overview(List.copyOf(all.values()), silent);
  }

  private static String silence(Agent<?, ?> agent, TransferException why) {
    return "the " + agent + " cannot be asked: " + why.getMessage();
  }

  private static Both both(
      SessionId id,
      SortedMap<SessionId, Side<Agent<SendRequest, SendStatus>, SendStatus>> sending,
      SortedMap<SessionId, Side<Agent<ReceiveRequest, ReceiveStatus>, ReceiveStatus>> receiving) {
    var send = Optional.ofNullable(sending.get(id));
    var receive = Optional.ofNullable(receiving.get(id));
    String source =
        send.map(s -> s.agent().name() + ":" + s.status().source())
            .or(() -> receive.map(r -> r.status().peer() + ":" + UNKNOWN))
            .orElse(UNKNOWN);
    String target = receive.map(r -> r.agent().name() + ":" + r.status().sink()).orElse(UNKNOWN);
    return new Both(
        new Session(id, source, target, send.map(Side::agent), receive.map(Side::agent)),
        send.map(Side::status),
        receive.map(Side::status));
  }
}
