package io.longhaul.coordinator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.plan.ModelSides;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.protocol.zfs.DatasetName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DriverTest {
  private static final long SEED = 3;
  private static final Pace PACE = new Pace(3, 2, 5, Duration.ofMinutes(1), 2);

  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<Standing> stands = new CopyOnWriteArrayList<>();
  private final AtomicLong ahead = new AtomicLong();

  private final Driver.Listener listener =
      new Driver.Listener() {
        @Override
        public void said(String line) {
          said.add(line);
        }

        @Override
        public void stands(Standing standing) {
          stands.add(standing);
          ahead.addAndGet(Duration.ofMinutes(1).toNanos() / 2); // nobody waits for a back-off
        }
      };

  private Driver driver(ModelSides model) {
    return new Driver(
        model::plan,
        _ -> true,
        model,
        PACE,
        listener,
        () -> System.nanoTime() + ahead.get(),
        () -> 0);
  }

  static LongStream seeds() {
    return LongStream.range(0, 30);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatCanBeDoneIsDone(long seed) throws Exception {
    var model = new ModelSides(seed, 40);
    model.trouble(seed % 3 == 0 ? 20 : 0);

    Standing end = driver(model).run();

    assertThat(end.outcomes()).noneMatch(it -> it.state() == Outcome.State.RUNNING);
    List<DatasetName> bad =
        end.outcomes().stream().filter(Outcome::bad).map(Outcome::target).toList();
    assertThat(bad).as("seed %s", seed).containsAll(model.unfinished());
    assertThat(stands.getLast()).isEqualTo(end);
    assertThat(end.streamsDone()).isLessThanOrEqualTo(end.streams());
  }

  /** Sides whose streams last until they are let go. */
  private static final class Slow extends ModelSides {
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);

    Slow() {
      super(SEED, 40);
    }

    @Override
    public void stream(Step.Replicate stream, Meter meter) throws Trouble, InterruptedException {
      begun.countDown();
      go.await();
      super.stream(stream, meter);
    }

    @Override
    public OptionalLong estimate(Step.Replicate stream) {
      return OptionalLong.of(Long.MAX_VALUE);
    }
  }

  @Test
  void anInterruptEndsTheRunAtOnce() throws Exception {
    var slow = new Slow();
    var run =
        Thread.ofVirtual()
            .start(() -> {
              try {
                driver(slow).run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    slow.begun.await();
    run.interrupt();
    assertThat(run.join(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void anAgentThatIsAwayIsAskedOnceAtATimeAndAWakeUpEndsTheWaiting() throws Exception {
    var model = new ModelSides(SEED, 40);
    model.down(true);
    var waiting = new CountDownLatch(1);
    var patient =
        new Driver(
            model::plan,
            _ -> true,
            model,
            PACE,
            new Driver.Listener() {
              @Override
              public void said(String line) {
                waiting.countDown();
              }

              @Override
              public void stands(Standing standing) {}
            },
            () -> 0, // no time passes: only a wake-up can help
            () -> 0.5);
    var run =
        Thread.ofVirtual()
            .start(() -> {
              try {
                patient.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.await();
    assertThat(model.asksWhileDown()).isEqualTo(1);
    model.down(false);
    patient.wakeUp();
    assertThat(run.join(Duration.ofSeconds(30))).isTrue();
    assertThat(model.unfinished()).isEmpty();
  }

  /** Sides whose first stream goes on although its coordinator was told that it does not. */
  private static final class Deceived extends ModelSides {
    private Optional<Running> left = Optional.empty();
    private boolean deceived;

    Deceived() {
      super(SEED, 40);
    }

    @Override
    public synchronized void stream(Step.Replicate stream, Meter meter)
        throws Trouble, InterruptedException {
      if (deceived) {
        super.stream(stream, meter);
        return;
      }
      deceived = true;
      left = Optional.of(rest(stream));
      throw Trouble.ofPeer("no answer to the creation");
    }

    private Running rest(Step.Replicate stream) {
      return new Running() {
        @Override
        public DatasetName target() {
          return stream.receive().target();
        }

        @Override
        public void await(Meter meter) throws Trouble, InterruptedException {
          meter.shows(1 << 20, OptionalLong.empty(), Optional.of("nobody answers"));
          Deceived.this.stream(stream, (_, _, _) -> {});
        }
      };
    }

    @Override
    public synchronized List<Running> running() {
      List<Running> found = left.stream().toList();
      left = Optional.empty();
      return found;
    }
  }

  @Test
  void aStreamThatWasThoughtToHaveFailedIsFoundAndWaitedFor() throws Exception {
    var model = new Deceived();
    Standing end = driver(model).run();
    assertThat(said).anyMatch(line -> line.contains("still runs; waiting for it"));
    assertThat(end.bytes()).as("what it brought").isGreaterThanOrEqualTo(1 << 20);
    assertThat(end.away()).isEmpty();
    assertThat(model.unfinished()).isEmpty();
  }

  @Test
  void whatIsNotToBeSentDoesNotCountAsBehind() throws Exception {
    var model = new ModelSides(SEED, 40);
    var driver =
        new Driver(model::plan, _ -> false, model, PACE, listener, System::nanoTime, () -> 0);
    Standing end = driver.run();
    assertThat(end.streamsDone()).isPositive();
    assertThat(end.lags()).isEmpty();
  }

  @Test
  void whatAPersonHasToChangeFirstEndsTheRun() throws Exception {
    var model = new ModelSides(SEED, 40);
    var driver =
        new Driver(
            _ -> {
              throw new IllegalArgumentException("the name is too long");
            },
            _ -> true,
            model,
            PACE,
            listener,
            System::nanoTime,
            () -> 0);
    Standing end = driver.run();
    assertThat(end.fatal()).hasValue(new Standing.Fatal("failed", "the name is too long"));
    assertThat(end.good()).isFalse();
  }
}
