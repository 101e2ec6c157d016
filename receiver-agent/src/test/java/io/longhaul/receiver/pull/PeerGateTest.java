package io.longhaul.receiver.pull;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PeerGateTest {
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final List<Duration> waits = new ArrayList<>();
  private final PeerGate gate = new PeerGate(new PullClock(now::get, this::sleep, () -> 0.999));
  private final AtomicInteger probes = new AtomicInteger();
  private final List<Boolean> renewals = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private synchronized void sleep(Duration time) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the test is over");
    }
    waits.add(time);
    now.addAndGet(time.toNanos());
  }

  @AfterEach
  void stop() throws Exception {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private Thread start(FutureTask<?> task) {
    Thread thread = Thread.startVirtualThread(task);
    threads.add(thread);
    return thread;
  }

  private FutureTask<Boolean> enter() {
    FutureTask<Boolean> entering = new FutureTask<>(gate::enter);
    start(entering);
    return entering;
  }

  /** Watches with a peer that answers its probe number {@code answering}, from 1. */
  private FutureTask<Boolean> watch(int answering) {
    CountDownLatch renewed = new CountDownLatch(1);
    PeerGate.Probe probe =
        new PeerGate.Probe() {
          @Override
          public boolean answers() {
            return probes.incrementAndGet() >= answering;
          }

          @Override
          public void renew(boolean afterOutage) {
            renewals.add(afterOutage);
            renewed.countDown();
          }
        };
    start(
        new FutureTask<>(() -> {
          gate.watch(probe);
          return true;
        }));
    FutureTask<Boolean> waiting = new FutureTask<>(() -> renewed.await(20, SECONDS));
    start(waiting);
    return waiting;
  }

  @Test
  void aHealthyPeerMayBeAskedByAll() throws Exception {
    assertThat(gate.enter()).isFalse();
    assertThat(gate.enter()).isFalse();
    assertThat(gate.isUntroubled()).isTrue();
  }

  @Test
  void silenceOfOneConnectionIsNoOutageWhileOthersGetBytes() {
    long since = now.getAndAdd(100);
    gate.progress();
    assertThat(gate.silentSince(since)).isTrue();
    assertThat(gate.isUntroubled()).isTrue();
  }

  @Test
  void aSuspicionThatAProbeRefutesIsNoOutage() throws Exception {
    assertThat(gate.silentSince(now.incrementAndGet())).isFalse();
    FutureTask<Boolean> entering = enter();
    assertThat(watch(1).get(20, SECONDS)).isTrue();
    assertThat(entering.get(20, SECONDS)).isFalse();
    assertThat(gate.outages()).isZero();
    assertThat(renewals).containsExactly(false);
  }

  @Test
  void duringAnOutageOneProberAsksEveryTwoSecondsAndAllGoOnTogether() throws Exception {
    gate.silentSince(now.incrementAndGet());
    List<FutureTask<Boolean>> entering = List.of(enter(), enter(), enter());
    assertThat(watch(31).get(20, SECONDS)).isTrue();
    for (FutureTask<Boolean> one : entering) {
      assertThat(one.get(20, SECONDS)).isFalse();
    }
    assertThat(probes).hasValue(31);
    assertThat(waits).hasSize(30).containsOnly(PeerGate.PROBE_EVERY);
    assertThat(gate.outages()).isEqualTo(1);
    assertThat(gate.outageTime()).isEqualTo(Duration.ofSeconds(60));
    assertThat(renewals).containsExactly(true);
    assertThat(gate.isReachable()).isTrue();
  }

  @Test
  void afterABadAnswerOneTriesAndTheOthersWaitForItsBytes() throws Exception {
    gate.failed(true, Duration.ZERO);
    assertThat(gate.enter()).isTrue();
    FutureTask<Boolean> other = enter();
    assertThat(gate.isUntroubled()).isFalse();
    assertThat(other.isDone()).isFalse();
    gate.progress();
    assertThat(other.get(20, SECONDS)).isFalse();
    assertThat(gate.isUntroubled()).isTrue();
  }

  @Test
  void theDelayGrowsUntilBytesComeAndIsNeverShorterThanAsked() throws Exception {
    for (int i = 0; i < 9; i++) {
      gate.failed(true, Duration.ZERO);
      gate.leave(gate.enter());
    }
    assertThat(waits).isSorted();
    assertThat(waits.getFirst()).isLessThan(Duration.ofSeconds(1));
    assertThat(waits.getLast()).isBetween(Duration.ofSeconds(59), Duration.ofSeconds(60));
    gate.progress();
    gate.failed(true, Duration.ofSeconds(20));
    gate.leave(gate.enter());
    assertThat(waits.getLast()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aConnectionThatFailsOnceWithoutAnAnswerCausesNoDelay() throws Exception {
    gate.failed(false, Duration.ZERO);
    gate.leave(gate.enter());
    assertThat(waits).containsExactly(Duration.ZERO);
    gate.failed(false, Duration.ZERO);
    gate.leave(gate.enter());
    assertThat(waits.getLast()).isPositive();
  }

  @Test
  void bytesFromBeforeAnOutageDoNotEndIt() throws Exception {
    gate.silentSince(now.incrementAndGet());
    assertThat(watch(Integer.MAX_VALUE)).isNotDone();
    while (gate.isReachable()) {
      Thread.onSpinWait();
    }
    gate.progress();
    assertThat(gate.isReachable()).isFalse();
  }
}
