package io.longhaul.coordinator.run;

import static io.longhaul.coordinator.testing.Statuses.ID;
import static io.longhaul.coordinator.testing.Statuses.delivered;
import static io.longhaul.coordinator.testing.Statuses.receiving;
import static io.longhaul.coordinator.testing.Statuses.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.testing.FakeAgent;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchTest {
  private FakeAgent<SendStatus> sender;
  private FakeAgent<ReceiveStatus> receiver;
  private Session session;
  private final Recorder recorder = new Recorder();

  private static final class Recorder implements Display {
    private final List<String> said = new CopyOnWriteArrayList<>();
    private Runnable onShow = () -> {};

    @Override
    public void say(String line) {
      said.add(line);
    }

    @Override
    public void show(View view) {
      onShow.run();
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() throws Exception {
    sender = new FakeAgent<>(Role.SEND, "office");
    receiver = new FakeAgent<>(Role.RECEIVE, "vault");
    session =
        new Session(
            ID,
            "office::tree",
            "vault::tree",
            Optional.of(Agent.sender("office", address(sender), Optional.empty())),
            Optional.of(Agent.receiver("vault", address(receiver), Optional.empty())));
  }

  @AfterEach
  void stop() {
    sender.close();
    receiver.close();
  }

  private static AgentAddress address(FakeAgent<?> agent) {
    return new AgentAddress(URI.create(agent.url()), Optional.empty());
  }

  private Watch watch(LongSupplier nanos) {
    View first = new View(Sight.none(), Sight.none(), nanos.getAsLong());
    return new Watch(session, first, Watchdog.of(SessionLimits.DEFAULT), recorder, nanos);
  }

  private static SendStatus running(SessionId id) {
    return sending(id, SessionState.RUNNING, Duration.ZERO, Optional.empty());
  }

  @Test
  void endsWhenTheReceiverSaysSo() throws Exception {
    sender.says(WatchTest::running);
    receiver
        .says(receiving(SessionState.RUNNING)::status)
        .says(receiving(SessionState.VERIFYING)::status)
        .says(delivered()::status);
    Watch watch = watch(System::nanoTime);
    assertThat(watch.run().exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(watch.view().end()).isPresent();
  }

  @Test
  void aReceiverThatIsAwayForAWhileEndsNothing() throws Exception {
    sender.says(WatchTest::running);
    receiver.says(delivered()::status);
    receiver.stop();
    recorder.onShow =
        () -> {
          if (recorder.said.stream().anyMatch(line -> line.contains("does not answer"))) {
            recorder.onShow = () -> {};
            restart(receiver);
          }
        };
    assertThat(watch(System::nanoTime).run().exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(recorder.said)
        .hasSize(2)
        .first()
        .asString()
        .contains("the receiver-agent of vault does not answer");
    assertThat(recorder.said).last().asString().contains("answers again");
  }

  private static void restart(FakeAgent<?> agent) {
    try {
      agent.restart();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theSendersWordCountsWhenTheReceiverSaysNothingForAWhile() throws Exception {
    var why = Failure.permanent(FailureKind.SOURCE_FAILED, "tar exited with 2");
    sender.says(id -> sending(id, SessionState.FAILED, Duration.ZERO, Optional.of(why)));
    receiver.says(receiving(SessionState.RUNNING)::status);
    AtomicLong clock = new AtomicLong();
    Ending ending = watch(() -> clock.addAndGet(Duration.ofSeconds(5).toNanos())).run();
    assertThat(ending).isEqualTo(new Ending(SessionState.FAILED, Optional.of(why)));
    assertThat(clock.get()).isGreaterThan(Duration.ofSeconds(30).toNanos());
  }

  @Test
  void aSessionThatTheReceiverForgotHasFailed() throws Exception {
    sender.says(WatchTest::running);
    Ending ending = watch(System::nanoTime).run();
    assertThat(ending.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(ending.failure())
        .get()
        .extracting(Failure::kind)
        .isEqualTo(FailureKind.NO_SUCH_SESSION);
  }

  @Test
  void whatStandsStillIsAbortedOnBothSides() throws Exception {
    Duration days = Duration.ofDays(2);
    sender.says(id -> sending(id, SessionState.RUNNING, days, Optional.empty()));
    receiver.says(receiving(SessionState.RUNNING).still(days)::status);
    assertThat(watch(System::nanoTime).run().exitCode()).isEqualTo(ExitCode.INACTIVE);
    assertThat(sender.calls()).containsExactly("abort " + ID);
    assertThat(receiver.calls()).containsExactly("abort " + ID);
    assertThat(receiver.body(Abort.class).failure().kind()).isEqualTo(FailureKind.STALLED);
  }

  @Test
  void whatIsOutOfReachForTooLongIsNotWatchedAnyLongerButNotLost() throws Exception {
    Duration days = Duration.ofDays(8);
    sender.says(id -> sending(id, SessionState.RUNNING, days, Optional.empty()));
    receiver.stop();
    AtomicLong clock = new AtomicLong();
    Ending ending = watch(() -> clock.addAndGet(Duration.ofHours(12).toNanos())).run();
    assertThat(ending.exitCode()).isEqualTo(ExitCode.INACTIVE);
    assertThat(ending.failure()).get().extracting(Failure::kind).isEqualTo(FailureKind.UNREACHABLE);
    assertThat(sender.calls()).isEmpty();
  }

  @Test
  void aSessionThatAnAgentSuspendedAtItsLimitIsNotWatchedAnyLonger() throws Exception {
    var why = Failure.resumable(FailureKind.UNREACHABLE, "office was away for 7d");
    sender.says(WatchTest::running);
    receiver.says(receiving(SessionState.PAUSED).failure(why)::status);
    assertThat(watch(System::nanoTime).run().exitCode()).isEqualTo(ExitCode.INACTIVE);
    assertThat(receiver.calls()).isEmpty();
  }
}
