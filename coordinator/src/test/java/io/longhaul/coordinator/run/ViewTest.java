package io.longhaul.coordinator.run;

import static io.longhaul.coordinator.testing.Statuses.END;
import static io.longhaul.coordinator.testing.Statuses.MIB;
import static io.longhaul.coordinator.testing.Statuses.receiving;
import static io.longhaul.coordinator.testing.Statuses.repeating;
import static io.longhaul.coordinator.testing.Statuses.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ViewTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void theReceiverSaysHowFarTheStreamIs() {
    var view =
        new View(
            Sight.of(sending(SessionState.RUNNING), 0),
            Sight.of(receiving(SessionState.DRAINING).fed(16 * MIB).status(), 0),
            0);
    assertThat(view.deliveredBytes()).isEqualTo(16 * MIB);
    assertThat(view.phase()).isEqualTo("draining");
    assertThat(view.totalBytes()).hasValue(64 * MIB); // the sender's estimate
  }

  @Test
  void withoutAReceiverTheSenderSaysIt() {
    var view = new View(Sight.of(sending(SessionState.RUNNING), 0), Sight.none(), 0);
    assertThat(view.deliveredBytes()).isEqualTo(32 * MIB);
    assertThat(view.phase()).isEqualTo("running");
  }

  @Test
  void theEndRecordIsBetterThanAnEstimate() {
    var receive = receiving(SessionState.DRAINING).end(END).status();
    var view = new View(Sight.none(), Sight.of(receive, 0), 0);
    assertThat(view.totalBytes()).hasValue(END.bytes());
  }

  @Test
  void nothingIsKnownAtFirst() {
    var view = new View(Sight.none(), Sight.none(), 5);
    assertThat(view.phase()).isEqualTo("starting");
    assertThat(view.totalBytes()).isEmpty();
    assertThat(view.sinceProgress()).isZero();
  }

  @Test
  void aSenderThatIsAwayIsTimedAlsoWhileNothingNewIsHeard() {
    var receive = receiving(SessionState.RUNNING).senderAway(Duration.ofSeconds(9)).status();
    var view = new View(Sight.none(), Sight.of(receive, 0), 3 * SECOND);
    assertThat(view.phase()).isEqualTo("sender away");
    assertThat(view.phaseWithTime()).isEqualTo("sender away 12s");
  }

  @Test
  void aSourceThatIsStartedAgainSaysHowFarItHasCome() {
    var receive = Sight.of(receiving(SessionState.RUNNING).status(), 0);
    var view = new View(Sight.of(repeating(12 * MIB), 0), receive, 0);
    assertThat(view.phase()).isEqualTo("repeating the source");
    assertThat(view.phaseWithTime()).isEqualTo("repeating the source 12.0 MiB of 48.0 MiB");
  }

  @Test
  void aReceiverThatDoesNotAnswerIsNamed() {
    var receive = Sight.of(receiving(SessionState.RUNNING).status(), 0);
    var view = new View(Sight.none(), receive.silent("refused", SECOND), 5 * SECOND);
    assertThat(view.phaseWithTime()).isEqualTo("receiver-agent silent 4s");
    assertThat(view.withReceive(receive).phaseWithTime()).isEqualTo("running");
  }
}
