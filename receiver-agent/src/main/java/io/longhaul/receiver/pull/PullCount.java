package io.longhaul.receiver.pull;

import io.longhaul.protocol.wire.SendStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** The live figures of one puller. Thread-safe. */
final class PullCount {
  private final PullClock clock;
  private final LongAdder fetched = new LongAdder();
  private final LongAdder refetched = new LongAdder();
  private final LongAdder discarded = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong leastRoundTrip = new AtomicLong(Long.MAX_VALUE);
  private final AtomicReference<Optional<SendStatus>> sender =
      new AtomicReference<>(Optional.empty());
  private volatile Consumer<SendStatus> listener = _ -> {};
  private volatile OptionalLong contact = OptionalLong.empty();
  private volatile OptionalLong progress = OptionalLong.empty();

  PullCount(PullClock clock) {
    this.clock = clock;
  }

  /** Notes bytes of a chunk. */
  void fetched(long bytes) {
    fetched.add(bytes);
    contact = OptionalLong.of(clock.now());
    progress = contact;
  }

  /** Returns all bytes of chunks that came. */
  long fetchedBytes() {
    return fetched.sum();
  }

  /** Notes that a chunk was discarded, of which so many bytes had been fetched. */
  void discarded(long bytes) {
    discarded.increment();
    refetched.add(bytes);
  }

  /** Notes bytes that came twice. */
  void repeated(long bytes) {
    refetched.add(bytes);
  }

  long discardedChunks() {
    return discarded.sum();
  }

  long refetchedBytes() {
    return refetched.sum();
  }

  /** Notes that a connection is used more, or less. */
  void connections(int change) {
    connections.addAndGet(change);
  }

  int connections() {
    return connections.get();
  }

  /** Notes the time from a request to the beginning of its answer. */
  void answeredAfter(long nanos) {
    leastRoundTrip.accumulateAndGet(nanos, Math::min);
  }

  /** Returns the least such time; zero if there was none yet. */
  Duration roundTrip() {
    long least = leastRoundTrip.get();
    return least == Long.MAX_VALUE ? Duration.ZERO : Duration.ofNanos(least);
  }

  /** Has {@code listener} told, too, what the sender tells of itself. */
  void listen(Consumer<SendStatus> listener) {
    this.listener = listener;
  }

  /** Notes what the sender told of itself. */
  void heard(SendStatus status) {
    listener.accept(status);
    sender.set(Optional.of(status));
    contact = OptionalLong.of(clock.now());
  }

  /** Notes that a chunk was verified. */
  void moved() {
    progress = OptionalLong.of(clock.now());
  }

  Optional<SendStatus> sender() {
    return sender.get();
  }

  Optional<Duration> sinceContact() {
    return since(contact);
  }

  Optional<Duration> sinceProgress() {
    return since(progress);
  }

  private Optional<Duration> since(OptionalLong time) {
    return time.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(clock.now() - time.getAsLong()));
  }
}
