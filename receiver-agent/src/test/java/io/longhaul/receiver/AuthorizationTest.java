package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session is for its creator and for administrators; for others there is none. */
@Timeout(400)
class AuthorizationTest {
  private static final Abort ABORT = new Abort(Failure.permanent(FailureKind.ABORTED, "no more"));

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final String path = ApiPaths.receive(id);
  private final FakeSender sender;
  private ReceiverUnderTest receiver;
  private AgentClient creator;
  private AgentClient other;
  private AgentClient admin;

  AuthorizationTest() throws Exception {
    sender = new FakeSender(1000, 1000);
  }

  @BeforeEach
  void createAsOne() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url()).sink("null", "cat");
    receiver.grantStreams("creator", "null").grantStreams("other", "null");
    Path creators = receiver.token("creator", false);
    Path others = receiver.token("other", false);
    Path admins = receiver.token("admin", true);
    receiver.start();
    creator = receiver.as(creators);
    other = receiver.as(others);
    admin = receiver.as(admins);
    creator.put(path, into("null"), ReceiveStatus.class);
  }

  @AfterEach
  void abortAndStop() throws Exception {
    abort(admin);
    receiver.close();
    sender.close();
  }

  private ReceiveStatus get(AgentClient who) throws Exception {
    return who.get(path, Duration.ZERO, ReceiveStatus.class);
  }

  private ReceiveStatus[] list(AgentClient who) throws Exception {
    return who.get(ApiPaths.RECEIVES, Duration.ZERO, ReceiveStatus[].class);
  }

  private ReceiveStatus abort(AgentClient who) throws Exception {
    return who.post(path + "/abort", ABORT, Abort.MOST_WAIT, ReceiveStatus.class);
  }

  private static void assertNoSuchSession(ThrowingCallable call) {
    assertThatThrownBy(call).hasMessageContaining("404").hasMessageContaining("No such session");
  }

  @Test
  void othersFindNoSession() throws Exception {
    assertNoSuchSession(() -> get(other));
    assertNoSuchSession(() -> abort(other));
    assertNoSuchSession(() -> other.delete(path, ReceiveStatus.class));
    assertThat(list(other)).isEmpty();
    assertThatThrownBy(() -> other.put(path, into("null"), ReceiveStatus.class))
        .hasMessageContaining("409");
    assertThat(get(creator).state().ended()).isFalse();
  }

  @Test
  void othersFindNoneAfterItsEndEither() throws Exception {
    abort(creator);
    awaitEnd();

    assertNoSuchSession(() -> get(other));
    assertNoSuchSession(() -> abort(other));
    assertNoSuchSession(() -> other.delete(path, ReceiveStatus.class));
    assertThat(list(other)).isEmpty();
    assertThat(list(creator)).extracting(ReceiveStatus::id).containsExactly(id);
    assertThat(list(admin)).extracting(ReceiveStatus::id).containsExactly(id);
  }

  @Test
  void anAdministratorMayEndIt() throws Exception {
    assertThat(list(admin)).hasSize(1);
    abort(admin);
    awaitEnd();
  }

  /* The answer of an abort does not wait for ever. */
  private void awaitEnd() throws Exception {
    Eventually.holds("the end", () -> get(creator).state() == SessionState.ABORTED);
  }

  @Test
  void onlyAnAdministratorMaySweep() throws Exception {
    assertThatThrownBy(() ->
            creator.post(
                ApiPaths.SWEEP, SweepRequest.usual(true), Duration.ZERO, SweepReport.class))
        .hasMessageContaining("administrator");
    assertThat(
            admin
                .post(ApiPaths.SWEEP, SweepRequest.usual(true), Duration.ZERO, SweepReport.class)
                .entries())
        .extracting(SweepReport.Entry::id)
        .containsExactly(id);
  }

  @Test
  void withoutATokenThereIsNothing() throws Exception {
    assertThatThrownBy(() -> get(receiver.calls())).hasMessageContaining("401");
  }
}
