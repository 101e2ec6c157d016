package io.longhaul.receiver.pull;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ContentRange;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.StreamDigest;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** A sender of a stream in memory, over real HTTP, that counts what it hands out. */
final class StreamSender implements AutoCloseable {
  /** A range of a chunk that was asked for. */
  record Asked(int chunk, ByteRange range) {
    boolean meets(long from, long to) {
      return range.from() < to && range.to() > from;
    }
  }

  private final SessionId session;
  private final byte[] stream;
  private final List<ChunkRecord> records = new ArrayList<>();
  private final EndRecord end;
  private final AtomicLongArray servedBytes;
  private final AtomicLong released = new AtomicLong();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile long mostBytes = Long.MAX_VALUE;
  private volatile Optional<Failure> failure = Optional.empty();
  private volatile Undertow server;
  private volatile int port;

  StreamSender(SessionId session, byte[] stream, int chunkBytes, DigestChoice digests) {
    this.session = session;
    this.stream = stream;
    StreamDigest digest = new StreamDigest();
    for (int from = 0; from < stream.length; from += chunkBytes) {
      int length = Math.min(chunkBytes, stream.length - from);
      ChunkHasher hasher = new ChunkHasher(digests);
      hasher.update(ByteBuffer.wrap(stream, from, length));
      records.add(ChunkRecord.of(records.size(), from, length, hasher.digests()));
      digest.add(records.getLast());
    }
    end = digest.end(0, Optional.empty());
    servedBytes = new AtomicLongArray(Math.max(1, records.size()));
    server = listen(0);
  }

  private Undertow listen(int port) {
    Undertow undertow =
        Undertow.builder()
            .addHttpListener(port, "127.0.0.1")
            .setIoThreads(2)
            .setWorkerThreads(8)
            .setHandler(exchange -> exchange.dispatch(this::serve))
            .build();
    undertow.start();
    return undertow;
  }

  int port() {
    InetSocketAddress bound = (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    return Objects.requireNonNull(bound).getPort();
  }

  /** Closes all connections and accepts no new ones, until {@link #reopen}. */
  void shut() {
    port = port();
    server.stop();
  }

  /** Serves again, on the same port. */
  void reopen() {
    server = listen(port);
  }

  /** Breaks off every answer once so many bytes of chunks were handed out altogether. */
  void breakAfter(long bytes) {
    mostBytes = bytes;
  }

  void fail(Failure why) {
    failure = Optional.of(why);
  }

  List<ChunkRecord> records() {
    return records;
  }

  EndRecord end() {
    return end;
  }

  /** Returns how many bytes of a chunk were handed out. */
  long servedBytes(int chunk) {
    return servedBytes.get(chunk);
  }

  long servedBytes() {
    long sum = 0;
    for (int i = 0; i < servedBytes.length(); i++) {
      sum += servedBytes.get(i);
    }
    return sum;
  }

  /** Returns the ranges that were asked for so far, in order. */
  List<Asked> asked() {
    return List.copyOf(asked);
  }

  long releasedTo() {
    return released.get();
  }

  private void serve(HttpServerExchange exchange) throws IOException {
    exchange.startBlocking();
    String path = exchange.getRequestPath();
    if (path.contains("/chunks/")) {
      chunk(exchange, Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
    } else if (path.endsWith("/manifest")) {
      json(exchange, page(number(exchange, "from"), number(exchange, "limit")));
    } else if (path.endsWith("/release")) {
      var body = Json.TOLERANT.readTree(exchange.getInputStream().readAllBytes());
      released.accumulateAndGet(body.get("releasedTo").asLong(), Math::max);
      json(exchange, Map.of());
    } else {
      json(exchange, Map.of());
    }
  }

  private static int number(HttpServerExchange exchange, String name) {
    return Integer.parseInt(
        Objects.requireNonNull(exchange.getQueryParameters().get(name)).getFirst());
  }

  private static void json(HttpServerExchange exchange, Object body) throws IOException {
    exchange.getOutputStream().write(Json.TOLERANT.writeValueAsBytes(body));
    exchange.endExchange();
  }

  private ManifestPage page(int from, int limit) {
    int to = Math.min(records.size(), from + limit);
    List<ChunkRecord> chunks = from < to ? records.subList(from, to) : List.of();
    return page(
        session,
        chunks,
        to == records.size() ? Optional.of(end) : Optional.empty(),
        failure,
        records.size(),
        released.get());
  }

  /** Returns a page as a sender answers it. */
  static ManifestPage page(
      SessionId session,
      List<ChunkRecord> chunks,
      Optional<EndRecord> end,
      Optional<Failure> failure,
      long sealedTo,
      long releasedTo) {
    SendStatus status =
        new SendStatus(
            session,
            failure.isPresent() ? SessionState.FAILED : SessionState.DRAINING,
            "memory",
            "receiver",
            1,
            sealedTo,
            0,
            releasedTo,
            0,
            1L << 30,
            OptionalLong.empty(),
            1,
            OptionalLong.empty(),
            Duration.ZERO,
            Duration.ZERO,
            SessionLimits.DEFAULT,
            Map.of(),
            end,
            failure);
    return new ManifestPage(chunks, end, status);
  }

  private void chunk(HttpServerExchange exchange, int number) throws IOException {
    ChunkRecord record = records.get(number);
    var part =
        (ByteRange.Asked.Part)
            ByteRange.parse(exchange.getRequestHeaders().getFirst(Headers.RANGE), record.length());
    ByteRange range = part.range();
    asked.add(new Asked(number, range));
    exchange.setStatusCode(206);
    exchange.getResponseHeaders().put(Headers.ETAG, record.digests().entityTag());
    exchange
        .getResponseHeaders()
        .put(Headers.CONTENT_RANGE, new ContentRange(range, record.length()).header());
    exchange.setResponseContentLength(range.length());
    int step = 16 * 1024;
    for (long at = range.from(); at < range.to(); at += step) {
      int bytes = (int) Math.min(step, range.to() - at);
      if (servedBytes() + bytes > mostBytes) {
        exchange.getConnection().close();
        return;
      }
      exchange.getOutputStream().write(stream, (int) (record.offset() + at), bytes);
      servedBytes.addAndGet(number, bytes);
    }
    exchange.endExchange();
  }

  @Override
  public void close() {
    server.stop();
  }
}
