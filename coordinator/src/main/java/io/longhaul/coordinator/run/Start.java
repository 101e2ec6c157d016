package io.longhaul.coordinator.run;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.plan.Transfer;
import io.longhaul.coordinator.plan.Wish;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Starts a session on both sides, or on none. */
public final class Start {
  private final Agents agents;
  private final Attempts attempts =
      new Attempts(Sleeper.REAL, () -> ThreadLocalRandom.current().nextDouble());

  /** Prepares to start; connects to nobody yet. */
  public Start(Agents agents) {
    this.agents = agents;
  }

  /** A session that was started, and how both sides answered. */
  public record Started(Session session, View view) {}

  /**
   * Two agents that work together.
   *
   * @param reader the identity under which the sender-agent knows the receiver-agent
   * @param atSource what the sender-agent says of itself
   * @param atTarget what the receiver-agent says of itself
   */
  public record Route(
      Agent<SendRequest, SendStatus> sender,
      Agent<ReceiveRequest, ReceiveStatus> receiver,
      String reader,
      AgentInfo atSource,
      AgentInfo atTarget) {}

  /**
   * Checks all that can be checked, then creates both sessions.
   *
   * @throws CommandFailure if nothing was started; the message says why and what to do
   */
  public Started run(Transfer transfer) throws CommandFailure, InterruptedException {
    Wish wish = transfer.wish();
    Route route;
    try {
      route = route(wish.source().agent(), wish.target().agent(), wish.chunkBytes());
    } catch (CommandFailure e) {
      throw e.code() == ExitCode.FAILED ? nothingStarted(String.valueOf(e.getMessage())) : e;
    }
    return create(
        SessionId.create(Clock.systemUTC()),
        route,
        wish.source().toString(),
        wish.target().toString(),
        transfer.sendRequest(route.reader()),
        transfer.receiveRequest());
  }

  /**
   * Sees that two agents can work together.
   *
   * @param source the machine of the sender-agent
   * @param target the machine of the receiver-agent
   * @param chunkBytes the size of a full chunk
   * @throws CommandFailure if they cannot; the message says why and what to do
   */
  public Route route(String source, String target, long chunkBytes)
      throws CommandFailure, InterruptedException {
    var sender = agents.sender(source);
    var receiver = agents.receiver(target);
    AgentInfo senderInfo = probe(sender, chunkBytes);
    AgentInfo receiverInfo = probe(receiver, chunkBytes);
    String reader = readerIdentity(receiver, source, senderInfo);
    return new Route(sender, receiver, reader, senderInfo, receiverInfo);
  }

  /**
   * Creates both sessions, or none.
   *
   * @param id a new one
   * @param source where the stream comes from, for people
   * @param target where it goes, for people
   * @throws CommandFailure if nothing was started; the message says why
   */
  public Started create(
      SessionId id,
      Route route,
      String source,
      String target,
      SendRequest asSender,
      ReceiveRequest asReceiver)
      throws CommandFailure, InterruptedException {
    Session session =
        new Session(id, source, target, Optional.of(route.sender()), Optional.of(route.receiver()));
    SendStatus send = createSend(session, route.sender(), asSender);
    ReceiveStatus receive = createReceive(session, route.receiver(), asReceiver);
    long now = System.nanoTime();
    return new Started(session, new View(Sight.of(send, now), Sight.of(receive, now), now));
  }

  private AgentInfo probe(Agent<?, ?> agent, long chunkBytes)
      throws CommandFailure, InterruptedException {
    AgentInfo info;
    try {
      info = attempts.whileItAnswers(agent::info);
    } catch (SessionPausedException e) {
      throw unusable("the " + agent + " cannot be used: " + e.getMessage(), e);
    } catch (TransferException e) {
      throw unusable(
          e.getMessage()
              + "; see that the "
              + agent
              + " runs and that "
              + agents.file()
              + " gives its address",
          e);
    }
    if (info.role() != agent.role()) {
      throw unusable(
          "Tried to use "
              + agent.url()
              + " as the "
              + agent
              + " but that is the "
              + Agent.program(info.role())
              + " of '"
              + info.name()
              + "'; correct "
              + agents.file());
    }
    Optional<String> gap =
        ProtocolVersion.SPOKEN.gap(
            "this coordinator", "the " + agent + " (" + info.software() + ")", info.protocol());
    if (gap.isPresent()) {
      throw unusable(gap.get());
    }
    if (info.spoolLimitBytes() < 2 * chunkBytes) {
      throw unusable(
          "Tried to use chunks of "
              + new DataSize(chunkBytes)
              + " but the spool limit of the "
              + agent
              + " is "
              + new DataSize(info.spoolLimitBytes())
              + " and must hold two chunks; use a smaller --chunk-size, or raise spool.limit there");
    }
    return info;
  }

  /* The receiver must find, under the name that we use, the very agent that we talk to. */
  private String readerIdentity(
      Agent<ReceiveRequest, ReceiveStatus> receiver, String source, AgentInfo sender)
      throws CommandFailure, InterruptedException {
    PeerInfo peer;
    try {
      peer = attempts.whileItAnswers(() -> receiver.peer(source));
    } catch (TransferException e) {
      throw unusable(
          "Tried to ask the "
              + receiver
              + " about its peer '"
              + source
              + "' but: "
              + e.getMessage()
              + "; the data connection goes from receiver to sender, so the receiver's own file must"
              + " name the sender under peers."
              + source
              + " with its url",
          e);
    }
    AgentInfo seen =
        peer.agent()
            .orElseThrow(() ->
                unusable(
                    "Tried to let the "
                        + receiver
                        + " pull from its peer '"
                        + source
                        + "' at "
                        + peer.url()
                        + " but "
                        + peer.problem().orElse("it does not answer")
                        + "; see that this address and its token file work from the receiver's"
                        + " machine, or lead there by a tunnel (ssh -R)"));
    if (!seen.name().equals(sender.name())) {
      throw unusable(
          "Tried to let the "
              + receiver
              + " pull from '"
              + source
              + "' but it finds the agent '"
              + seen.name()
              + "' at "
              + peer.url()
              + ", and "
              + agents.file()
              + " means the agent '"
              + sender.name()
              + "'; make both files mean the same");
    }
    return seen.identity();
  }

  private SendStatus createSend(
      Session session, Agent<SendRequest, SendStatus> sender, SendRequest request)
      throws CommandFailure, InterruptedException {
    try {
      return attempts.untilItAnswers(() -> sender.create(session.id(), request));
    } catch (TransferException e) {
      throw undone(session, "the " + sender + " did not take the session", e);
    }
  }

  private ReceiveStatus createReceive(
      Session session, Agent<ReceiveRequest, ReceiveStatus> receiver, ReceiveRequest request)
      throws CommandFailure, InterruptedException {
    try {
      return attempts.untilItAnswers(() -> receiver.create(session.id(), request));
    } catch (TransferException e) {
      throw undone(session, "the " + receiver + " did not take the session", e);
    }
  }

  /* A call that failed may have been carried out all the same, so both sides are told. */
  private static CommandFailure undone(Session session, String what, TransferException why) {
    var lines =
        session.abort(Failure.permanent(FailureKind.ABORTED, what + ": " + why.getMessage()));
    String left =
        lines.stream().anyMatch(line -> line.startsWith("NOT"))
            ? "\n"
                + String.join("\n", lines)
                + "\nWhen it answers again: coordinator abort "
                + session.id()
            : "";
    return new CommandFailure(
        ExitCode.FAILED, "Nothing was started: " + what + ": " + why.getMessage() + left, why);
  }

  private static CommandFailure unusable(String why) {
    return new CommandFailure(ExitCode.FAILED, why);
  }

  private static CommandFailure unusable(String why, TransferException cause) {
    return new CommandFailure(ExitCode.FAILED, why, cause);
  }

  private static CommandFailure nothingStarted(String why) {
    return new CommandFailure(ExitCode.FAILED, "Nothing was started: " + why);
  }
}
