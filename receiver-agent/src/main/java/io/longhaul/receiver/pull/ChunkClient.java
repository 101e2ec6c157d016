package io.longhaul.receiver.pull;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ContentRange;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.failure.Failures;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.tls.CertificateRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fetches ranges of chunks. It takes nothing but a 206 with exactly the range, the length and the
 * entity tag that were asked for. Thread-safe.
 */
final class ChunkClient {
  /** The most connections to one sender. */
  static final int MOST_CONNECTIONS = 96;

  /** A connection on which nothing comes for this long is given up. */
  static final Duration STALL = Duration.ofSeconds(3);

  private static final Duration PROBE = Duration.ofSeconds(4);
  private static final int IDLE_SECONDS = 60;
  private static final int PARTIAL_CONTENT = 206;
  private static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final byte[] NO_BODY = new byte[0];
  private static final int MOST_PROBLEM_BYTES = 64 * 1024;

  private final AgentConnection connection;
  private final SessionId session;
  private final OkHttpClient pooled;
  private final OkHttpClient unpooled;
  private final OkHttpClient probe;

  ChunkClient(AgentConnection connection, SessionId session, Duration stall) {
    this.connection = connection;
    this.session = session;
    this.pooled =
        connection
            .client()
            .newBuilder()
            .readTimeout(stall)
            .dispatcher(new Dispatcher())
            .connectionPool(new ConnectionPool(MOST_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
            .build();
    this.unpooled =
        pooled.newBuilder().connectionPool(new ConnectionPool(0, 1, TimeUnit.NANOSECONDS)).build();
    this.probe = unpooled.newBuilder().callTimeout(PROBE).build();
  }

  /**
   * Asks for a range of a chunk.
   *
   * @param fresh whether to use a connection of its own
   * @throws TransferException as {@link Failures} classifies any answer but those of {@link
   *     ChunkReply}; as {@link AgentConnection#requireCommonVersion}
   */
  ChunkReply fetch(ChunkRecord chunk, ByteRange range, boolean fresh) throws TransferException {
    String what = "fetch bytes " + range + " of chunk " + chunk.chunk() + " from " + connection;
    Request request =
        connection
            .request(ApiPaths.chunk(session, chunk.chunk()))
            .header("Range", range.header())
            .header("If-Range", chunk.digests().entityTag())
            .build();
    Call call = (fresh ? unpooled : pooled).newCall(request);
    Response response;
    try {
      response = call.execute();
    } catch (IOException e) {
      throw AgentConnection.unanswered(what, e);
    }
    boolean taken = false;
    try {
      connection.requireCommonVersion(what, response);
      Optional<String> difference = difference(response, chunk);
      if (difference.isPresent()) {
        return new ChunkReply.Unlike("Tried to " + what + " but " + difference.get());
      }
      checkRange(what, response, chunk, range);
      taken = true;
      return new ChunkReply.Partial(new ChunkBody(call, response, range.length()));
    } finally {
      if (!taken) {
        call.cancel();
        response.close();
      }
    }
  }

  /** Returns how the sender's chunk differs from its record, if the answer tells so. */
  private static Optional<String> difference(Response response, ChunkRecord chunk) {
    int status = response.code();
    if (status == PRECONDITION_FAILED || status == RANGE_NOT_SATISFIABLE) {
      return Optional.of("the peer answered " + status);
    }
    String tag = response.header("ETag");
    if (response.isSuccessful() && tag != null && !tag.equals(chunk.digests().entityTag())) {
      return Optional.of("the entity tag is " + tag + ", expected " + chunk.digests().entityTag());
    }
    return contentRange(response)
        .filter(range -> status == PARTIAL_CONTENT && range.length() != chunk.length())
        .map(range -> "the chunk has " + range.length() + " bytes, expected " + chunk.length());
  }

  private static Optional<ContentRange> contentRange(Response response) {
    return Optional.ofNullable(response.header("Content-Range")).flatMap(ContentRange::parse);
  }

  private static void checkRange(String what, Response response, ChunkRecord chunk, ByteRange range)
      throws TransferException {
    int status = response.code();
    if (status != PARTIAL_CONTENT) {
      throw Failures.ofReply(
          what,
          status,
          AgentClient.problem(response, response.isSuccessful() ? NO_BODY : body(response)),
          AgentClient.retryAfter(response));
    }
    ContentRange asked = new ContentRange(range, chunk.length());
    if (!contentRange(response).equals(Optional.of(asked))) {
      throw new RetryableException(
          "Tried to " + what + " but the answer is '" + response.header("Content-Range") + "'",
          Duration.ZERO);
    }
    long length = response.body().contentLength();
    if ((length >= 0 && length != range.length()) || response.header("Content-Encoding") != null) {
      throw new RetryableException(
          "Tried to "
              + what
              + " but the answer has "
              + length
              + " bytes and the encoding "
              + response.header("Content-Encoding"),
          Duration.ZERO);
    }
  }

  private static byte[] body(Response response) {
    try {
      return response.body().byteStream().readNBytes(MOST_PROBLEM_BYTES);
    } catch (IOException e) {
      return NO_BODY; // the status alone has to do
    }
  }

  /**
   * Returns whether the peer answers anything, on a new connection, be it that one of us does not
   * accept the other's certificate: whoever asks next is told. Asks for what it can tell from
   * memory: who it is, it may have to ask its ZFS, which may take longer than a probe waits.
   */
  boolean answers() {
    Call call = probe.newCall(connection.request(ApiPaths.send(session)).build());
    try (Response _ = call.execute()) {
      return true;
    } catch (IOException e) {
      return CertificateRefusal.in(e).isPresent();
    }
  }

  /** Closes the idle connections, and {@code all} others too. */
  void renew(boolean all) {
    pooled.connectionPool().evictAll();
    if (all) {
      pooled.dispatcher().cancelAll();
    }
  }
}
