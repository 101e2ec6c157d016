package io.longhaul.coordinator.run;

import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Both sides of a session at one moment. Pure.
 *
 * @param send what is known of the sending side
 * @param receive what is known of the receiving side
 * @param nowNanos the moment, by {@link System#nanoTime}
 */
public record View(Sight<SendStatus> send, Sight<ReceiveStatus> receive, long nowNanos) {
  private static final Set<FailureKind> WAITS_FOR_A_PERSON =
      Set.of(FailureKind.PAUSED, FailureKind.INCOMPATIBLE, FailureKind.CERTIFICATE_REFUSED);

  /** Returns the same knowledge at a later moment. */
  public View at(long laterNanos) {
    return new View(send, receive, laterNanos);
  }

  /** Returns the view with a newer sight of the sending side. */
  public View withSend(Sight<SendStatus> newer) {
    return new View(newer, receive, nowNanos);
  }

  /** Returns the view with a newer sight of the receiving side. */
  public View withReceive(Sight<ReceiveStatus> newer) {
    return new View(send, newer, nowNanos);
  }

  /** Returns where the session stands: the receiver's word if there is one, else the sender's. */
  public Optional<SessionState> state() {
    return receive
        .status()
        .map(ReceiveStatus::state)
        .or(() -> send.status().map(SendStatus::state));
  }

  /** Returns whether somebody has paused either side, or has to upgrade or certify one. */
  boolean waitsForAPerson() {
    return Stream.concat(
            send.status().flatMap(SendStatus::failure).stream(),
            receive.status().flatMap(ReceiveStatus::failure).stream())
        .map(Failure::kind)
        .anyMatch(WAITS_FOR_A_PERSON::contains);
  }

  /** Returns the stream bytes that the sink was given. */
  public long deliveredBytes() {
    return receive
        .status()
        .map(ReceiveStatus::fedBytes)
        .or(() -> send.status().map(SendStatus::releasedBytes))
        .orElse(0L);
  }

  /** Returns the end of the stream, once its source has ended well. */
  public Optional<EndRecord> end() {
    return receive
        .status()
        .flatMap(ReceiveStatus::end)
        .or(() -> send.status().flatMap(SendStatus::end));
  }

  /**
   * Returns the length of the stream: known at its end, estimated before where that is possible.
   */
  public OptionalLong totalBytes() {
    if (end().isPresent()) {
      return OptionalLong.of(end().get().bytes());
    }
    return Stream.concat(
            receive.status().map(ReceiveStatus::estimateBytes).stream(),
            send.status().map(SendStatus::estimateBytes).stream())
        .filter(OptionalLong::isPresent)
        .filter(estimate -> estimate.getAsLong() > 0)
        .findFirst()
        .orElse(OptionalLong.empty());
  }

  /** Returns how the pulling goes. */
  public ReceiveStatus.Transfer transfer() {
    return receive.status().map(ReceiveStatus::transfer).orElse(ReceiveStatus.Transfer.NONE);
  }

  /** Returns for how long the receiver has not heard of the sender; empty while it reaches it. */
  public Optional<Duration> senderAway() {
    return receive
        .status()
        .filter(status -> !status.state().ended() && !status.transfer().peerReachable())
        .map(status -> status.sinceContact().plus(receive.age(nowNanos)));
  }

  /**
   * Returns for how long the receiver-agent has not answered us, or the sender has not heard of it
   * if that is longer: it may have gone before we began to watch. Empty while it answers.
   */
  Optional<Duration> receiverAway() {
    return receive
        .away(nowNanos)
        .flatMap(ours ->
            Stream.concat(
                    Stream.of(ours),
                    send.status().map(s -> s.sinceContact().plus(send.age(nowNanos))).stream())
                .max(Duration::compareTo));
  }

  /** Returns the time since anything moved on either side, as far as we have heard. */
  public Duration sinceProgress() {
    return Stream.concat(
            send.status().map(s -> s.sinceProgress().plus(send.age(nowNanos))).stream(),
            receive.status().map(s -> s.sinceProgress().plus(receive.age(nowNanos))).stream())
        .min(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** Returns what goes on, in a few words that hold no time: it changes only when that changes. */
  public String phase() {
    if (receive.away(nowNanos).isPresent()) {
      return "receiver-agent silent";
    }
    if (senderAway().isPresent()) {
      return "sender away";
    }
    return repeatedBytes().isPresent()
        ? "repeating the source"
        : state().map(SessionState::text).orElse("starting");
  }

  /** Returns {@link #phase} with how long it lasts, or how far it has come. */
  public String phaseWithTime() {
    return receive
        .away(nowNanos)
        .or(this::senderAway)
        .map(time -> phase() + " " + TimeSpan.display(time))
        .orElseGet(() -> phase() + repeated());
  }

  /** Returns how much of the stream a new run of the source has repeated; empty if none does. */
  OptionalLong repeatedBytes() {
    return send.status().map(SendStatus::replayedBytes).orElse(OptionalLong.empty());
  }

  private String repeated() {
    return repeatedBytes().isEmpty()
        ? ""
        : " "
            + DataSize.display(repeatedBytes().getAsLong())
            + " of "
            + DataSize.display(send.status().map(SendStatus::sealedBytes).orElse(0L));
  }
}
