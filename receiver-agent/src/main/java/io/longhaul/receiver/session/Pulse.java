package io.longhaul.receiver.session;

import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.receiver.pull.Progress;
import io.longhaul.receiver.pull.Puller;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What moves in a session since this agent drives it, and how long ago it did. Thread-safe. */
final class Pulse {
  private static final Progress NONE =
      new Progress(0, 0, Optional.empty(), Optional.empty(), Optional.empty());

  private final Uptime uptime;
  private volatile @Nullable Puller puller;
  private volatile Optional<Duration> fedAt = Optional.empty();

  Pulse(Uptime uptime) {
    this.uptime = uptime;
  }

  /** Takes the puller's word from now on. */
  void follow(Puller pulling) {
    puller = pulling;
  }

  /** Notes that the sink took something. */
  void fed() {
    fedAt = Optional.of(uptime.now());
  }

  Progress progress() {
    Puller pulling = puller;
    return pulling == null ? NONE : pulling.progress();
  }

  ReceiveStatus.Transfer transfer() {
    Puller pulling = puller;
    return pulling == null ? ReceiveStatus.Transfer.NONE : pulling.transfer();
  }

  /** Returns what the sender last said of itself. */
  Optional<SendStatus> sender() {
    return progress().sender();
  }

  /**
   * Returns the time since bytes came or were fed, or something moved at the sender, such as a
   * source that starts.
   */
  Optional<Duration> sinceMoved() {
    Progress now = progress();
    Optional<Duration> atSender =
        now.sender()
            .flatMap(status -> now.sinceContact().map(since -> status.sinceProgress().plus(since)));
    Optional<Duration> sinceFed = fedAt.map(at -> uptime.now().minus(at));
    return Stream.of(now.sinceProgress(), sinceFed, atSender)
        .flatMap(Optional::stream)
        .min(Duration::compareTo);
  }
}
