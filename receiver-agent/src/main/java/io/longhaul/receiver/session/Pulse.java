package io.longhaul.receiver.session;

import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.receiver.pull.Progress;
import io.longhaul.receiver.pull.Puller;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What moves in a session, and how long ago it did. Thread-safe. */
final class Pulse {
  private static final Progress NONE =
      new Progress(0, 0, Optional.empty(), Duration.ZERO, Duration.ZERO);

  private volatile @Nullable Puller puller;
  private volatile long fedNanos = System.nanoTime();

  /** Takes the puller's word from now on. */
  void follow(Puller pulling) {
    puller = pulling;
  }

  /** Notes that the sink took something. */
  void fed() {
    fedNanos = System.nanoTime();
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

  Duration sinceContact() {
    return progress().sinceContact();
  }

  /** Returns the time since bytes came or were fed. */
  Duration sinceProgress() {
    Duration sinceFed = Duration.ofNanos(System.nanoTime() - fedNanos);
    Puller pulling = puller;
    return pulling == null ? sinceFed : least(pulling.progress().sinceProgress(), sinceFed);
  }

  /** As {@link #sinceProgress}, but what moves at the sender counts too: a source that starts. */
  Duration sinceMoved() {
    Duration ours = sinceProgress();
    return sender()
        .map(status -> least(ours, status.sinceProgress().plus(sinceContact())))
        .orElse(ours);
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
