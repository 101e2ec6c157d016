package io.longhaul.coordinator.run;

import static io.longhaul.coordinator.testing.Statuses.receiving;
import static io.longhaul.coordinator.testing.Statuses.sending;
import static io.longhaul.coordinator.testing.Statuses.withoutReader;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WatchdogTest {
  private static final Duration STALLED = Duration.ofHours(24);
  private static final Duration UNREACHABLE = Duration.ofDays(7);
  private static final Duration MARGIN = Duration.ofSeconds(30);
  private static final long START = Long.MAX_VALUE - 1000; // nanoTime may begin anywhere and wrap
  private static final Sight<SendStatus> SEND = Sight.of(sending(SessionState.RUNNING), START);
  private static final Sight<ReceiveStatus> RECEIVE =
      Sight.of(receiving(SessionState.RUNNING).status(), START);

  private final Watchdog watchdog = new Watchdog(new SessionLimits(STALLED, UNREACHABLE), MARGIN);

  private static View after(Duration time, Sight<SendStatus> send, Sight<ReceiveStatus> receive) {
    return new View(send, receive, START + time.toNanos());
  }

  @Test
  void keepsQuietUntilTheStalledLimitAndItsMargin() {
    assertThat(watchdog.bark(after(STALLED.plus(MARGIN), SEND, RECEIVE))).isEmpty();
    assertThat(watchdog.bark(after(STALLED.plus(MARGIN).plusNanos(1), SEND, RECEIVE)))
        .get()
        .extracting(Failure::kind)
        .isEqualTo(FailureKind.STALLED);
  }

  @Test
  void progressOnOneSideIsEnough() {
    Sight<SendStatus> fresh = Sight.of(sending(SessionState.RUNNING), START + STALLED.toNanos());
    assertThat(watchdog.bark(after(STALLED.plusHours(1), fresh, RECEIVE))).isEmpty();
  }

  @Test
  void whatTheAgentsTellCountsFromWhenTheyToldIt() {
    Sight<ReceiveStatus> still =
        Sight.of(receiving(SessionState.RUNNING).still(STALLED).status(), START);
    Sight<SendStatus> unknown = Sight.none();
    assertThat(watchdog.bark(after(MARGIN, unknown, still))).isEmpty();
    assertThat(watchdog.bark(after(MARGIN.plusNanos(1), unknown, still))).isPresent();
  }

  @ParameterizedTest
  @EnumSource(names = {"PAUSED", "INCOMPATIBLE"})
  void whatWaitsForAPersonHasNoLimit(FailureKind kind) {
    Failure paused = Failure.resumable(kind, "Paused by root: office hours");
    Sight<ReceiveStatus> held =
        Sight.of(receiving(SessionState.PAUSED).failure(paused).status(), START);
    assertThat(watchdog.bark(after(STALLED.plusDays(30), SEND, held))).isEmpty();
  }

  @Test
  void anAgentThatIsAwayHasTheLongerLimit() {
    Sight<SendStatus> away = SEND.silent("refused", START);
    assertThat(watchdog.bark(after(STALLED.plusDays(1), away, RECEIVE))).isEmpty();
    assertThat(watchdog.bark(after(UNREACHABLE.plus(MARGIN).plusNanos(1), away, RECEIVE)))
        .get()
        .extracting(Failure::kind)
        .isEqualTo(FailureKind.UNREACHABLE);
  }

  @Test
  void theSenderKnowsForHowLongAReceiverIsAwayThatWeHaveJustBegunToWatch() {
    Sight<SendStatus> lonely = Sight.of(withoutReader(UNREACHABLE), START);
    Sight<ReceiveStatus> silent = Sight.<ReceiveStatus>none().silent("refused", START);
    assertThat(watchdog.bark(after(MARGIN, lonely, silent))).isEmpty();
    assertThat(watchdog.bark(after(MARGIN.plusNanos(1), lonely, silent)))
        .get()
        .extracting(Failure::kind)
        .isEqualTo(FailureKind.UNREACHABLE);
    assertThat(watchdog.bark(after(Duration.ofHours(1), lonely, RECEIVE))).isEmpty();
  }

  @Test
  void anAgentThatOnlyWeDoNotReachEndsNothing() {
    Sight<SendStatus> away = SEND.silent("refused", START);
    Duration late = UNREACHABLE.plusDays(1);
    Sight<ReceiveStatus> fresh =
        Sight.of(receiving(SessionState.RUNNING).status(), START + late.toNanos());
    assertThat(watchdog.bark(after(late, away, fresh))).isEmpty();
  }

  @Test
  void aSenderThatTheReceiverDoesNotReachHasTheLongerLimit() {
    Sight<ReceiveStatus> alone =
        Sight.of(
            receiving(SessionState.RUNNING).still(STALLED).senderAway(STALLED).status(), START);
    Sight<SendStatus> send =
        Sight.of(
            sending(
                io.longhaul.coordinator.testing.Statuses.ID,
                SessionState.RUNNING,
                STALLED,
                java.util.Optional.empty()),
            START);
    assertThat(watchdog.bark(after(Duration.ofDays(1), send, alone))).isEmpty();
    assertThat(watchdog.bark(after(UNREACHABLE, send, alone)))
        .get()
        .extracting(Failure::kind)
        .isEqualTo(FailureKind.UNREACHABLE);
  }
}
