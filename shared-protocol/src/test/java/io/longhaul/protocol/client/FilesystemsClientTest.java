package io.longhaul.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.wire.Estimates;
import io.longhaul.protocol.wire.EstimatesRequest;
import io.longhaul.protocol.wire.Tokens;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsSend;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesystemsClientTest {
  private static final ZfsSend SEND = ZfsSend.full(SnapshotName.parse("tank/vm@daily"));
  private static final Estimates.Estimate LONG = new Estimates.Estimate(OptionalLong.of(7));

  private interface Call {
    void make(FilesystemsClient client) throws Exception;
  }

  private static void with(ApiRoutes routes, Call call) throws Exception {
    var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (HttpServer server = HttpServer.start(anyPort, Optional.empty(), routes.handler())) {
      var address =
          new AgentAddress(URI.create("http://127.0.0.1:" + server.port()), Optional.empty());
      var agent = new AgentClient(AgentConnection.to("coordinator", address, Optional.empty(), 2));
      call.make(new FilesystemsClient(agent, Optional.empty()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void anAgentThatAnswersTooLittleOrTooMuchDisplacesNoOtherAnswer(int more) throws Exception {
    var calls = new AtomicInteger();
    try (var routes = new ApiRoutes(TokenAuthenticator.of(List.of()))) {
      routes.add(
          "POST",
          ApiPaths.ESTIMATES,
          call -> {
            int asked = call.body(EstimatesRequest.class).sends().size();
            boolean first = calls.getAndIncrement() == 0;
            return Reply.ok(new Estimates(Collections.nCopies(asked + (first ? more : 0), LONG)));
          });
      with(
          routes,
          client -> {
            int all = EstimatesRequest.MOST + 2;
            List<OptionalLong> estimates = client.estimates(Collections.nCopies(all, SEND));
            assertThat(calls).hasValue(2);
            assertThat(estimates).hasSize(all);
            for (int i = 0; i < all; i++) {
              boolean answered = more >= 0 || i != EstimatesRequest.MOST - 1;
              assertThat(estimates.get(i))
                  .isEqualTo(answered ? OptionalLong.of(7) : OptionalLong.empty());
            }
          });
    }
  }

  @Test
  void aTokenThatIsNotAnsweredSaysNothingAndNoTokensAreNoCall() throws Exception {
    DatasetName root = DatasetName.parse("tank/vm");
    var calls = new AtomicInteger();
    try (var routes = new ApiRoutes(TokenAuthenticator.of(List.of()))) {
      routes.add(
          "POST",
          ApiPaths.TOKENS,
          _ -> {
            calls.incrementAndGet();
            return Reply.ok(new Tokens(List.of()));
          });
      with(
          routes,
          client -> {
            assertThat(client.contents(root, List.of())).isEmpty();
            assertThat(calls).hasValue(0);
            assertThat(client.contents(root, List.of(new ResumeToken("1-1199a5d026-138-789c6360"))))
                .containsExactly(Optional.empty());
          });
    }
  }
}
