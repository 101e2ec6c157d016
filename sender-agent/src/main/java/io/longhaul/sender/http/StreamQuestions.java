package io.longhaul.sender.http;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.grant.Decision;
import io.longhaul.protocol.grant.Refusals;
import io.longhaul.protocol.server.ApiCall;
import io.longhaul.protocol.server.FilesystemCalls;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.wire.Estimates;
import io.longhaul.protocol.wire.EstimatesRequest;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.wire.Tokens;
import io.longhaul.protocol.wire.TokensRequest;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.protocol.zfs.ZfsSend;
import io.longhaul.sender.grant.SendGrants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What can be asked of streams before they are sent. Thread-safe. */
final class StreamQuestions {
  /** How long the estimates of one request may take together. */
  private static final Duration ESTIMATES = Duration.ofMinutes(5);

  private final Zfs zfs;
  private final SendGrants grants;
  private final FilesystemCalls filesystems;

  StreamQuestions(Zfs zfs, SendGrants grants, FilesystemCalls filesystems) {
    this.zfs = zfs;
    this.grants = grants;
    this.filesystems = filesystems;
  }

  void addTo(FilesystemCalls.Adding routes) {
    routes.add("POST", ApiPaths.ESTIMATES, this::estimates);
    routes.add("POST", ApiPaths.TOKENS, this::tokens);
  }

  private Reply estimates(ApiCall call) throws ProblemException, InterruptedException {
    EstimatesRequest request = call.body(EstimatesRequest.class);
    String reader = request.reader().orElse(call.identity().name());
    for (ZfsSend send : request.sends()) {
      if (grants.decide(call.identity(), reader, new SourceSpec.Zfs(send))
          instanceof Decision.Refused refused) {
        throw Refusals.notGranted(
            call.identity(), "to estimate a send of " + send.snapshot(), refused.rule());
      }
    }
    try {
      ZfsFeatures features = filesystems.features();
      long deadline = System.nanoTime() + ESTIMATES.toNanos();
      List<Estimates.Estimate> estimates = new ArrayList<>();
      for (ZfsSend send : request.sends()) {
        boolean late = System.nanoTime() - deadline > 0;
        estimates.add(
            new Estimates.Estimate(late ? OptionalLong.empty() : estimate(send, features)));
      }
      return Reply.ok(new Estimates(estimates));
    } catch (ZfsException e) {
      throw new ProblemException(FilesystemCalls.problem(e), String.valueOf(e.getMessage()));
    }
  }

  private OptionalLong estimate(ZfsSend send, ZfsFeatures features) throws InterruptedException {
    try {
      return zfs.estimate(send, features);
    } catch (ZfsException e) {
      return OptionalLong.empty(); // who sends it will be told why it cannot be
    }
  }

  private Reply tokens(ApiCall call) throws ProblemException, InterruptedException {
    TokensRequest request = call.body(TokensRequest.class);
    filesystems.requireListable(
        call, request.reader(), request.root(), "to read resume tokens of " + request.root());
    try {
      ZfsFeatures features = filesystems.features();
      List<Tokens.Token> tokens = new ArrayList<>();
      for (ResumeToken token : request.tokens()) {
        tokens.add(new Tokens.Token(zfs.contents(token, features)));
      }
      return Reply.ok(new Tokens(tokens));
    } catch (ZfsException e) {
      throw new ProblemException(FilesystemCalls.problem(e), String.valueOf(e.getMessage()));
    }
  }
}
