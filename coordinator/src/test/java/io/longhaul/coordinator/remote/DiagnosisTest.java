package io.longhaul.coordinator.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Failures;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.zfs.ZfsError;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DiagnosisTest {

  @ParameterizedTest(name = "{0} resumed {1}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "source-failed | false | LATER        | cannot send: signal received",
        "source-failed | false | PLAN         | cannot open 'tank/a@b': dataset does not exist",
        "source-failed | true  | DROP_PARTIAL | cannot resume send: 'tank/a@b' used in the initial send no longer exists",
        "source-failed | true  | DROP_PARTIAL | resume token is corrupt (wrong checksum)",
        "source-failed | true  | SUSPECT_PARTIAL | cannot send: signal received",
        "sink-failed   | true  | LATER        | cannot receive resume stream: out of space",
        "sink-failed   | true  | SUSPECT_PARTIAL | cannot receive resume stream: something new",
        "source-failed | false | PERSON       | cannot send 'tank/a@b': permission denied",
        "source-failed | true  | PERSON       | cannot send 'tank/a@b': permission denied",
        "sink-failed   | false | PLAN         | destination 'b' has been modified since most recent snapshot",
        "sink-failed   | false | PLAN         | most recent snapshot of b does not match incremental source",
        "sink-failed   | true  | DROP_PARTIAL | kernel modules must be upgraded to receive this stream",
        "sink-failed   | false | PERSON       | kernel modules must be upgraded to receive this stream",
        "sink-failed   | false | LATER        | cannot receive: destination b contains partially-complete state",
        "sink-failed   | true  | LATER        | cannot receive: destination b contains partially-complete state",
        "sink-failed   | false | LATER        | cannot receive new filesystem stream: out of space",
        "result-differs | false | PLAN        | the target has another snapshot",
        "stalled       | false | LATER        | nothing has moved for 1d",
        "pump-died     | false | LATER        | the pump is gone",
        "unreachable   | false | PERSON       | out of reach for 7d",
        "aborted       | false | PERSON       | somebody did it",
      })
  void whatHelpsAgainstAFailedStream(
      String kind, boolean resumed, Trouble.Cure cure, String message) {
    Trouble trouble = Diagnosis.ofStream(Failure.resumable(FailureKind.of(kind), message), resumed);
    assertThat(trouble.cure()).isEqualTo(cure);
    assertThat(trouble.isOfPeer()).isFalse();
    assertThat(trouble.text()).isEqualTo(message);
  }

  @ParameterizedTest
  @EnumSource(ZfsError.class)
  void onlyAZfsThatDoesNotWorkIsEverybodysTrouble(ZfsError error) {
    assertThat(Diagnosis.ofChange(error, "why").isOfPeer())
        .isEqualTo(error == ZfsError.UNAVAILABLE);
  }

  private static Trouble of(TransferException why) {
    return Diagnosis.of(why, String.valueOf(why.getMessage()));
  }

  @Test
  void anAgentThatCannotBeUsedIsEverybodysTrouble() {
    assertThat(of(new RetryableException("refused", new IOException())).isOfPeer()).isTrue();
    assertThat(of(new RetryableException("no JSON", Duration.ZERO)).isOfPeer()).isTrue();
    assertThat(of(new SessionPausedException(FailureKind.INCOMPATIBLE, "old")).isOfPeer()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "400, BAD_REQUEST, PERSON",
    "401, UNAUTHORIZED, PERSON",
    "403, FORBIDDEN, PERSON",
    "404, NOT_FOUND, PLAN",
    "404, , LATER",
    "409, CONFLICT, LATER",
    "422, UNAVAILABLE_HERE, LATER",
    "429, TOO_MANY_REQUESTS, LATER",
    "500, INTERNAL, LATER",
    "502, , LATER",
    "503, NOT_READY, LATER",
    "507, NO_SPACE, LATER",
  })
  void anAgentThatAnswersIsThere(int status, @Nullable ProblemType type, Trouble.Cure cure) {
    Optional<Problem> problem = Optional.ofNullable(type).map(it -> Problem.of(it, "why"));
    Trouble trouble = of(Failures.ofReply("begin a session", status, problem, Duration.ZERO));
    assertThat(trouble.isOfPeer()).isFalse();
    assertThat(trouble.cure()).isEqualTo(cure);
  }
}
