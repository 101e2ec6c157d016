package io.longhaul.receiver.pull;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.Release;
import java.time.Duration;
import java.util.Map;
import okhttp3.OkHttpClient;

/**
 * All calls of one session to its sender. Each is one attempt, and each may be repeated.
 * Thread-safe; an interrupt ends a call.
 */
public final class SenderClient {
  /** How long a sender's answer may be: a thousand records take half of it. */
  public static final int MOST_REPLY_BYTES = 512 * 1024;

  private final AgentConnection connection;
  private final SessionId session;
  private final AgentClient calls;
  private final ChunkClient chunks;

  /** An answer of which only the arrival counts, however much it says. */
  private record Heard() {}

  /**
   * Creates the calls of one session.
   *
   * @param connection to be used by this session alone, because after an outage all its calls are
   *     cancelled
   */
  public SenderClient(AgentConnection connection, SessionId session) {
    this(connection, session, ChunkClient.STALL);
  }

  SenderClient(AgentConnection connection, SessionId session, Duration stall) {
    this.connection = connection;
    this.session = session;
    this.calls = new AgentClient(connection, MOST_REPLY_BYTES);
    this.chunks = new ChunkClient(connection, session, stall);
  }

  /**
   * Asks for the records from chunk {@code from}.
   *
   * @param limit how many at most
   * @param wait how long the sender may wait for the first of them
   * @throws RetryableException also if the answer is about another session
   */
  public ManifestPage manifest(long from, int limit, Duration wait) throws TransferException {
    String path =
        ApiPaths.manifest(session)
            + "?from="
            + from
            + "&limit="
            + limit
            + "&wait="
            + wait.toSeconds();
    ManifestPage page = calls.get(path, wait, ManifestPage.class);
    if (!page.status().id().equals(session)) {
      throw new RetryableException(
          "Tried to read "
              + path
              + " at "
              + this
              + " but was told of session "
              + page.status().id(),
          Duration.ZERO);
    }
    return page;
  }

  /** Tells the sender that nothing below chunk {@code to} is needed again. */
  public void release(long to) throws TransferException {
    calls.post(ApiPaths.send(session) + "/release", new Release(to), Duration.ZERO, Heard.class);
  }

  /** Tells the sender that the stream was delivered and checked. */
  public void complete() throws TransferException {
    calls.post(ApiPaths.send(session) + "/complete", Map.of(), Duration.ZERO, Heard.class);
  }

  /** Ends the session at the sender. */
  public void abort(Failure why) throws TransferException {
    calls.post(ApiPaths.send(session) + "/abort", new Abort(why), Abort.MOST_WAIT, Heard.class);
  }

  /** Asks who the sender is. */
  public AgentInfo agent() throws TransferException {
    return calls.get(ApiPaths.AGENT, Duration.ZERO, AgentInfo.class);
  }

  /** Asks for a range of a chunk; close the body that it returns. */
  ChunkReply fetch(ChunkRecord chunk, ByteRange range, boolean fresh) throws TransferException {
    return chunks.fetch(chunk, range, fresh);
  }

  /** Asks for a sign of life, on a connection of its own; returns whether anything is answered. */
  boolean answers() {
    return chunks.answers();
  }

  /** Closes the idle connections; {@code afterOutage} cancels all calls too, which only wait. */
  void renew(boolean afterOutage) {
    OkHttpClient client = connection.client();
    client.connectionPool().evictAll();
    if (afterOutage) {
      client.dispatcher().cancelAll();
    }
    chunks.renew(afterOutage);
  }

  /** Closes the idle connections: the session is over. A later call would open one again. */
  public void leave() {
    renew(false);
  }

  /** Closes the idle connections for chunks. */
  void rest() {
    chunks.renew(false);
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}
