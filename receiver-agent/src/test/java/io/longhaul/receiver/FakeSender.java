package io.longhaul.receiver;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.StreamDigest;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.server.ApiCall;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A sender-agent with one stream in memory; the test says when its chunks are sealed. */
public final class FakeSender implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final int PARTIAL_CONTENT = 206;

  private final byte[] stream;
  private final List<ChunkRecord> chunks = new ArrayList<>();
  private final List<ChunkRecord> sealed = new ArrayList<>();
  private final Map<Long, AtomicLong> servedBytes = new ConcurrentHashMap<>();
  private final ApiRoutes routes;
  private final int port;
  private HttpServer server;
  private Optional<EndRecord> end = Optional.empty();
  private SessionState state = SessionState.RUNNING;
  private Optional<Failure> failure = Optional.empty();
  private @Nullable ProblemType refusal;
  private int attempt = 1;
  private boolean completed;
  private Optional<Failure> aborted = Optional.empty();
  private long statedChunkBytes;

  /** Serves a stream of random bytes, of which nothing is sealed yet. */
  public FakeSender(int bytes, int chunkBytes) throws Exception {
    this.stream = new byte[bytes];
    this.statedChunkBytes = chunkBytes;
    new Random(bytes).nextBytes(stream);
    for (int at = 0; at < bytes; at += chunkBytes) {
      chunks.add(record(chunks.size(), at, Math.min(chunkBytes, bytes - at)));
    }
    routes = new ApiRoutes(TokenAuthenticator.of(List.of()));
    String one = ApiPaths.SENDS + "/{id}";
    routes.add("GET", ApiPaths.AGENT, _ -> Reply.ok(info()));
    routes.add("GET", one + "/manifest", this::manifest);
    routes.raw("GET", one + "/chunks/{n}", this::chunk);
    routes.add("POST", one + "/release", _ -> Reply.ok(Map.of()));
    routes.add("POST", one + "/complete", this::complete);
    routes.add("POST", one + "/abort", this::abort);
    server = serve(0);
    port = server.port();
  }

  private ChunkRecord record(int number, int at, int length) {
    ChunkHasher hasher = new ChunkHasher(DigestChoice.SHA256);
    hasher.update(ByteBuffer.wrap(stream, at, length));
    return ChunkRecord.of(number, at, length, hasher.digests());
  }

  private HttpServer serve(int port) throws Exception {
    return HttpServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        Optional.empty(),
        routes.handler());
  }

  public byte[] stream() {
    return stream.clone();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Seals chunks up to, not including, number {@code to}. */
  public synchronized void sealTo(int to) {
    sealed.addAll(chunks.subList(sealed.size(), to));
    notifyAll();
  }

  /** Seals the rest and ends the stream well. */
  public void sealAll() {
    sealAll(Optional.empty());
  }

  /** Seals the rest and ends the stream well, as the source of a snapshot with this GUID. */
  public synchronized void sealAll(Optional<String> guid) {
    sealTo(chunks.size());
    StreamDigest digest = new StreamDigest();
    chunks.forEach(digest::add);
    end = Optional.of(digest.end(0, guid));
    state = SessionState.DRAINING;
    notifyAll();
  }

  /**
   * Forgets what was sealed, as when the machine went down before its manifest was on disk, and
   * starts the source again.
   */
  public synchronized void startAgain() {
    sealed.clear();
    attempt++;
    notifyAll();
  }

  /** Has the source give another byte in a chunk from now on. */
  public synchronized void change(int chunk) {
    ChunkRecord before = chunks.get(chunk);
    stream[(int) before.offset()] ^= 1;
    chunks.set(chunk, record(chunk, (int) before.offset(), (int) before.length()));
  }

  /** Ends the session at the sender. */
  public synchronized void fail(Failure why) {
    state = SessionState.FAILED;
    failure = Optional.of(why);
    notifyAll();
  }

  /** Answers everything about the session with this problem; null ends that. */
  public synchronized void refuse(@Nullable ProblemType type) {
    refusal = type;
    notifyAll();
  }

  /** Says in its status that chunks are larger than they are. */
  public synchronized void claimChunkBytes(long bytes) {
    statedChunkBytes = bytes;
  }

  /** Cuts all connections and takes no new ones until {@link #comeBack}. */
  public void goAway() {
    server.close();
  }

  public void comeBack() throws Exception {
    server = serve(port);
  }

  public synchronized boolean completed() {
    return completed;
  }

  /** Returns why the receiver ended the session here, once it has. */
  public synchronized Optional<Failure> aborted() {
    return aborted;
  }

  /** Returns how many bytes of a chunk were handed out. */
  public long servedBytes(long chunk) {
    AtomicLong served = servedBytes.get(chunk);
    return served == null ? 0 : served.get();
  }

  private AgentInfo info() {
    return new AgentInfo(
        "office",
        Role.SEND,
        "fake",
        ProtocolVersion.SPOKEN,
        List.of(),
        "local",
        1 << 30,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private synchronized void refuseIfTold() throws ProblemException {
    if (refusal != null) {
      throw new ProblemException(refusal, "as the test wants it");
    }
  }

  private synchronized Reply manifest(ApiCall call) throws ProblemException, InterruptedException {
    int from = (int) call.number("from", 0, 0, Integer.MAX_VALUE);
    int limit = (int) call.number("limit", 1, 1, 1000);
    long wait = call.number("wait", 0, 0, 60);
    long until = System.nanoTime() + Duration.ofSeconds(wait).toNanos();
    while (sealed.size() <= from && end.isEmpty() && state != SessionState.FAILED) {
      refuseIfTold();
      long millis = (until - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        break;
      }
      wait(millis);
    }
    refuseIfTold();
    int to = Math.min(sealed.size(), from + limit);
    boolean last = to == chunks.size() || from >= chunks.size();
    return Reply.ok(
        new ManifestPage(
            from < to ? List.copyOf(sealed.subList(from, to)) : List.of(),
            last ? end : Optional.empty(),
            status(call.session())));
  }

  private SendStatus status(SessionId id) {
    return new SendStatus(
        id,
        state,
        "office::data",
        "vault",
        statedChunkBytes,
        sealed.size(),
        0,
        0,
        0,
        1 << 30,
        OptionalLong.of(stream.length),
        attempt,
        OptionalLong.empty(),
        Duration.ofDays(1),
        Duration.ZERO,
        SessionLimits.DEFAULT,
        Map.of(),
        end,
        failure);
  }

  private void chunk(HttpServerExchange exchange) {
    int number =
        Integer.parseInt(Objects.requireNonNull(exchange.getQueryParameters().get("n")).getFirst());
    ChunkRecord record = chunks.get(number);
    Matcher range = RANGE.matcher(exchange.getRequestHeaders().getFirst(Headers.RANGE));
    if (!range.matches()) {
      throw new IllegalArgumentException("every request of the puller has a range");
    }
    long from = Long.parseLong(range.group(1));
    long to = Long.parseLong(range.group(2)) + 1;
    servedBytes.computeIfAbsent((long) number, _ -> new AtomicLong()).addAndGet(to - from);
    exchange.setStatusCode(PARTIAL_CONTENT);
    exchange.getResponseHeaders().put(Headers.ETAG, record.digests().entityTag());
    exchange
        .getResponseHeaders()
        .put(Headers.CONTENT_RANGE, "bytes %d-%d/%d".formatted(from, to - 1, record.length()));
    ByteRange inStream = new ByteRange(record.offset() + from, record.offset() + to);
    exchange
        .getResponseSender()
        .send(ByteBuffer.wrap(stream, (int) inStream.from(), (int) inStream.length()));
  }

  private synchronized Reply complete(ApiCall call) throws ProblemException {
    refuseIfTold();
    completed = true;
    state = SessionState.DONE;
    return Reply.ok(status(call.session()));
  }

  private synchronized Reply abort(ApiCall call) throws ProblemException {
    refuseIfTold();
    aborted = Optional.of(call.body(Abort.class).failure());
    state = SessionState.ABORTED;
    return Reply.ok(status(call.session()));
  }

  @Override
  public void close() {
    server.close();
    routes.close();
  }
}
