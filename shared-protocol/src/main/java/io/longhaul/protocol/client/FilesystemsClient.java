package io.longhaul.protocol.client;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.wire.ChangesRequest;
import io.longhaul.protocol.wire.Estimates;
import io.longhaul.protocol.wire.EstimatesRequest;
import io.longhaul.protocol.wire.Tokens;
import io.longhaul.protocol.wire.TokensRequest;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.PartialReceive;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsSend;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The calls about an agent's datasets. Each may be repeated, and is cut into as many requests as
 * its size needs. Thread-safe; an interrupt ends a call.
 */
public final class FilesystemsClient {
  /** How long an agent's ZFS may take. */
  private static final Duration WAIT = Duration.ofMinutes(10);

  private static final int MOST_BODY_BYTES = 48 << 10;
  private static final int MOST_SNAPSHOTS = 100;

  private final AgentClient agent;
  private final Optional<String> reader;

  /**
   * Creates the calls.
   *
   * @param reader at a sender-agent, the identity whose grant counts; empty for one's own
   */
  public FilesystemsClient(AgentClient agent, Optional<String> reader) {
    this.agent = agent;
    this.reader = reader;
  }

  /**
   * Returns a dataset with all below it, the one above it, and what the agent's ZFS can do.
   *
   * @throws TransferException if there is no answer
   */
  public AgentClient.Filesystems list(DatasetName root) throws TransferException {
    String query =
        "?root=" + encoded(root.name()) + reader.map(name -> "&reader=" + encoded(name)).orElse("");
    return agent.filesystems(ApiPaths.FILESYSTEMS + query, WAIT);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Makes changes in their order, until the first that fails.
   *
   * @throws TransferException if there is no answer; any of them may have been made then
   */
  public ChangesReport change(List<ZfsChange> changes) throws TransferException {
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      int index = i;
      cut(changes.get(i)).forEach(piece -> pieces.add(new Piece(piece, index)));
    }
    for (int from = 0; from < pieces.size(); ) {
      int to = endOfBody(pieces, from);
      List<ZfsChange> body = pieces.subList(from, to).stream().map(Piece::change).toList();
      ChangesReport report =
          agent.post(ApiPaths.CHANGES, new ChangesRequest(reader, body), WAIT, ChangesReport.class);
      if (report.failure().isPresent()) {
        int failed = Math.clamp(from + (long) report.done(), from, to - 1);
        return new ChangesReport(pieces.get(failed).index(), report.failure());
      }
      from = to;
    }
    return new ChangesReport(changes.size(), Optional.empty());
  }

  private record Piece(ZfsChange change, int index) {}

  private static Stream<ZfsChange> cut(ZfsChange change) {
    return switch (change) {
      case ZfsChange.Hold hold ->
          some(hold.snapshots()).map(names -> new ZfsChange.Hold(hold.tag(), names));
      case ZfsChange.Release release ->
          some(release.snapshots()).map(names -> new ZfsChange.Release(release.tag(), names));
      default -> Stream.of(change);
    };
  }

  private static Stream<List<SnapshotName>> some(List<SnapshotName> all) {
    return Stream.iterate(0, from -> from < all.size(), from -> from + MOST_SNAPSHOTS)
        .map(from -> all.subList(from, Math.min(all.size(), from + MOST_SNAPSHOTS)));
  }

  private static int endOfBody(List<Piece> pieces, int from) {
    int bytes = 0;
    int to = from;
    while (to < pieces.size() && to - from < ChangesRequest.MOST) {
      bytes += bytes(pieces.get(to).change()) + 1;
      if (bytes > MOST_BODY_BYTES && to > from) {
        break;
      }
      to++;
    }
    return to;
  }

  private static int bytes(ZfsChange change) {
    try {
      return Json.TOLERANT.writeValueAsBytes(change).length;
    } catch (IOException e) {
      throw new IllegalStateException("a change cannot be written as JSON", e);
    }
  }

  /**
   * Returns how long each of these streams would be, in bytes; empty where the ZFS cannot tell, or
   * refuses.
   *
   * @throws TransferException if there is no answer
   */
  public List<OptionalLong> estimates(List<ZfsSend> sends) throws TransferException {
    return inPieces(
        sends,
        EstimatesRequest.MOST,
        some ->
            agent
                .post(ApiPaths.ESTIMATES, new EstimatesRequest(reader, some), WAIT, Estimates.class)
                .estimates()
                .stream()
                .map(Estimates.Estimate::bytes)
                .toList(),
        OptionalLong.empty());
  }

  /**
   * Returns what each of these tokens says; empty where the ZFS cannot read it.
   *
   * @param root at or below which something is granted
   * @throws TransferException if there is no answer
   */
  public List<Optional<PartialReceive.Contents>> contents(
      DatasetName root, List<ResumeToken> tokens) throws TransferException {
    return inPieces(
        tokens,
        TokensRequest.MOST,
        some ->
            agent
                .post(ApiPaths.TOKENS, new TokensRequest(reader, root, some), WAIT, Tokens.class)
                .tokens()
                .stream()
                .map(Tokens.Token::contents)
                .toList(),
        Optional.empty());
  }

  @FunctionalInterface
  private interface Question<Q, A> {
    List<A> ask(List<Q> some) throws TransferException;
  }

  /** Asks for so many at a time. An agent that answers less, or more, displaces no other answer. */
  private static <Q, A> List<A> inPieces(
      List<Q> all, int most, Question<Q, A> question, A unanswered) throws TransferException {
    List<A> answers = new ArrayList<>();
    for (int from = 0; from < all.size(); from += most) {
      List<Q> some = all.subList(from, Math.min(all.size(), from + most));
      List<A> got = question.ask(some);
      for (int i = 0; i < some.size(); i++) {
        answers.add(i < got.size() ? got.get(i) : unanswered);
      }
    }
    return List.copyOf(answers);
  }
}
