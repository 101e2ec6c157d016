package io.longhaul.coordinator.run;

import static io.longhaul.coordinator.testing.Statuses.ID;
import static io.longhaul.coordinator.testing.Statuses.receiving;
import static io.longhaul.coordinator.testing.Statuses.repeating;
import static io.longhaul.coordinator.testing.Statuses.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.agent.Agent;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NoticesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final AgentAddress NOWHERE =
      new AgentAddress(URI.create("http://127.0.0.1:1"), Optional.empty());
  private static final Sight<SendStatus> SEND = Sight.of(sending(SessionState.RUNNING), 0);
  private static final Sight<ReceiveStatus> RECEIVE =
      Sight.of(receiving(SessionState.RUNNING).status(), 0);

  private final Session session;

  NoticesTest() throws ConfigException {
    session =
        new Session(
            ID,
            "office::tree",
            "vault::tree",
            Optional.of(Agent.sender("office", NOWHERE, Optional.empty())),
            Optional.of(Agent.receiver("vault", NOWHERE, Optional.empty())));
  }

  private List<String> between(View before, View now) {
    return Notices.between(session, before, now);
  }

  @Test
  void nothingNewIsNothingToSay() {
    assertThat(between(new View(SEND, RECEIVE, 0), new View(SEND, RECEIVE, SECOND))).isEmpty();
  }

  @Test
  void anAgentThatIsAwayIsMentionedOnceAndAgainWhenItIsBack() {
    View well = new View(SEND, RECEIVE, 0);
    View away = new View(SEND.silent("connection refused", SECOND), RECEIVE, SECOND);
    View later =
        new View(away.send().silent("connection refused", 9 * SECOND), RECEIVE, 9 * SECOND);
    View back =
        new View(Sight.of(sending(SessionState.RUNNING), 13 * SECOND), RECEIVE, 13 * SECOND);
    assertThat(between(well, away))
        .containsExactly(
            "the sender-agent of office does not answer the coordinator; still asking."
                + " connection refused");
    assertThat(between(away, later)).isEmpty();
    assertThat(between(later, back))
        .containsExactly("the sender-agent of office answers again after 12s");
  }

  @Test
  void aSenderThatOnlyTheReceiverMissesIsMentioned() {
    View well = new View(SEND, RECEIVE, 0);
    View cut =
        well.withReceive(
            Sight.of(
                receiving(SessionState.RUNNING).senderAway(Duration.ofSeconds(3)).status(), 0));
    assertThat(between(well, cut)).singleElement().asString().contains("does not reach the sender");
    assertThat(between(cut, well)).singleElement().asString().contains("reaches the sender again");
  }

  @Test
  void aSourceThatIsStartedAgainIsMentionedOnceAndAgainWhenItIsWhereItWas() {
    View well = new View(SEND, RECEIVE, 0);
    View repeating = well.withSend(Sight.of(repeating(0), 0));
    View further = well.withSend(Sight.of(repeating(5), 0));
    assertThat(between(well, repeating)).singleElement().asString().contains("is started again");
    assertThat(between(repeating, further)).isEmpty();
    assertThat(between(further, well)).containsExactly("the source is where it was; going on");
  }

  @Test
  void aPauseIsMentionedWithItsReason() {
    View well = new View(SEND, RECEIVE, 0);
    var why = Failure.resumable(FailureKind.SPOOL_FAILED, "No space left on /spool");
    View paused =
        well.withReceive(Sight.of(receiving(SessionState.PAUSED).failure(why).status(), 0));
    assertThat(between(well, paused))
        .containsExactly("the receiving side is paused: No space left on /spool");
    assertThat(between(paused, well)).containsExactly("the receiving side goes on");
  }

  @Test
  void aSessionThatAnAgentHasForgottenIsMentioned() {
    View well = new View(SEND, RECEIVE, 0);
    assertThat(between(well, well.withSend(SEND.lost())))
        .containsExactly("the sender-agent of office does not know this session any more");
  }
}
