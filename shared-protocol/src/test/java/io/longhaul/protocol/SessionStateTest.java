package io.longhaul.protocol;

import static io.longhaul.protocol.SessionState.ABORTED;
import static io.longhaul.protocol.SessionState.CREATED;
import static io.longhaul.protocol.SessionState.DONE;
import static io.longhaul.protocol.SessionState.DRAINING;
import static io.longhaul.protocol.SessionState.FAILED;
import static io.longhaul.protocol.SessionState.PAUSED;
import static io.longhaul.protocol.SessionState.RUNNING;
import static io.longhaul.protocol.SessionState.VERIFYING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionStateTest {
  /** Where each state may go, besides staying what it is. */
  private static final Map<SessionState, Set<SessionState>> NEXT =
      Map.of(
          CREATED, EnumSet.of(RUNNING, PAUSED, FAILED, ABORTED),
          RUNNING, EnumSet.of(DRAINING, VERIFYING, PAUSED, FAILED, ABORTED),
          DRAINING, EnumSet.of(VERIFYING, DONE, PAUSED, FAILED, ABORTED),
          VERIFYING, EnumSet.of(DONE, PAUSED, FAILED, ABORTED),
          PAUSED, EnumSet.of(RUNNING, DRAINING, VERIFYING, FAILED, ABORTED),
          DONE, EnumSet.noneOf(SessionState.class),
          FAILED, EnumSet.noneOf(SessionState.class),
          ABORTED, EnumSet.noneOf(SessionState.class));

  @ParameterizedTest
  @EnumSource
  void goesOnlyWhereTheTableSays(SessionState state) {
    for (SessionState next : SessionState.values()) {
      boolean allowed =
          next == state
              || NEXT.getOrDefault(state, EnumSet.noneOf(SessionState.class)).contains(next);
      assertThat(state.mayBecome(next)).as("%s to %s", state, next).isEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingFollowsAnEnd(SessionState state) {
    assertThat(state.ended()).isEqualTo(EnumSet.of(DONE, FAILED, ABORTED).contains(state));
  }

  @ParameterizedTest
  @EnumSource
  void isWrittenInLowerCase(SessionState state) {
    assertThat(state.text()).matches("[a-z]+");
    assertThat(SessionState.of(state.text())).isEqualTo(state);
  }

  @Test
  void aStateOfANewerPeerIsUnknownAndNoEnd() {
    assertThat(SessionState.of("asleep")).isEqualTo(SessionState.UNKNOWN);
    assertThat(SessionState.UNKNOWN.ended()).isFalse();
  }
}
