package io.longhaul.protocol.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows are those of the design, section 6. */
class FailuresTest {
  private static final Duration AFTER = Duration.ofSeconds(7);

  private static TransferException ofReply(int status, Optional<Problem> problem) {
    return Failures.ofReply("fetch chunk 4 of session x", status, problem, AFTER);
  }

  /** No problem type of ours: a proxy on the way, or something else on the port. */
  @ParameterizedTest
  @ValueSource(
      ints = {301, 302, 400, 404, 405, 408, 409, 410, 412, 413, 416, 418, 429, 500, 502, 503, 504})
  void anAnswerThatIsNotOursIsTriedAgain(int status) {
    Problem foreign = new Problem("about:blank", "Oops", status, "nginx", false);
    for (Optional<Problem> body : List.of(Optional.<Problem>empty(), Optional.of(foreign))) {
      assertThat(ofReply(status, body))
          .isInstanceOfSatisfying(
              RetryableException.class,
              e -> {
                assertThat(e.retryAfter()).isEqualTo(AFTER);
                assertThat(e.peerAnswered()).isTrue();
              });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 507})
  void aPersonHasToActWhoeverAnswered(int status) {
    assertThat(ofReply(status, Optional.empty())).isInstanceOf(SessionPausedException.class);
    Problem ours = new Problem("urn:longhaul:problem:no-such-session", "t", status, "d", false);
    assertThat(ofReply(status, Optional.of(ours))).isInstanceOf(SessionPausedException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "BAD_REQUEST, peer-refused, false",
    "UNAUTHORIZED, paused,",
    "FORBIDDEN, paused,",
    "NO_SUCH_SESSION, no-such-session, false",
    "NOT_FOUND, peer-refused, false",
    "CHUNK_NOT_SEALED, retry,",
    "METHOD_NOT_ALLOWED, peer-refused, false",
    "CONFLICT, peer-refused, false",
    "SESSION_ENDED, peer-failed, false",
    "CHUNK_RELEASED, chunk-lost, true",
    "CHUNK_LOST, chunk-lost, true",
    "PRECONDITION_FAILED, retry,",
    "TOO_LARGE, peer-refused, false",
    "RANGE_NOT_SATISFIABLE, retry,",
    "UNAVAILABLE_HERE, peer-refused, false",
    "TOO_MANY_REQUESTS, retry,",
    "INTERNAL, retry,",
    "NOT_READY, retry,",
    "NO_SPACE, paused,",
  })
  void ourOwnProblems(ProblemType type, String meaning, Boolean resumable) {
    Problem problem = Problem.of(type, "the detail");
    TransferException thrown = ofReply(type.status(), Optional.of(problem));
    assertThat(thrown)
        .hasMessageContaining("Tried to fetch chunk 4 of session x")
        .hasMessageContaining("" + type.status())
        .hasMessageContaining("the detail");
    switch (thrown) {
      case RetryableException e -> {
        assertThat(meaning).isEqualTo("retry");
        assertThat(e.retryAfter()).isEqualTo(AFTER);
      }
      case SessionPausedException _ -> assertThat(meaning).isEqualTo("paused");
      case SessionEndedException e -> {
        assertThat(e.failure().kind().text()).isEqualTo(meaning);
        assertThat(e.failure().resumable()).isEqualTo(resumable);
        assertThat(e.failure().message()).isEqualTo(e.getMessage());
      }
      case AgentFailedException e -> throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHasARowAbove(ProblemType type) throws Exception {
    var rows =
        FailuresTest.class
            .getDeclaredMethod("ourOwnProblems", ProblemType.class, String.class, Boolean.class)
            .getAnnotation(CsvSource.class)
            .value();
    assertThat(rows).anyMatch(row -> row.startsWith(type + ","));
  }

  @ParameterizedTest
  @EnumSource
  void aProblemTypeIsKnownByItsUri(ProblemType type) {
    assertThat(type.uri()).matches("urn:longhaul:problem:[a-z]+(-[a-z]+)*");
    assertThat(ProblemType.of(type.uri())).contains(type);
    assertThat(type.status()).isBetween(400, 599);
    assertThat(Problem.of(type, "d"))
        .isEqualTo(new Problem(type.uri(), type.title(), type.status(), "d", type.retryable()));
    assertThat(Problem.of(type, "d").known()).contains(type);
  }

  @Test
  void anotherUriIsNotOurs() {
    assertThat(ProblemType.of("about:blank")).isEmpty();
    assertThat(ProblemType.of("urn:longhaul:problem:new-one")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aFailureKindComesBackFromItsText(FailureKind kind) {
    assertThat(kind.text()).matches("[a-z]+(-[a-z]+)*");
    assertThat(FailureKind.of(kind.text())).isEqualTo(kind);
  }

  @Test
  void aKindOfANewerPeerIsUnknownNotAnError() {
    assertThat(FailureKind.of("moon-eclipse")).isEqualTo(FailureKind.UNKNOWN);
  }
}
