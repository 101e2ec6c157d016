package io.longhaul.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sender of one small stream that answers what the test wants, down to the last byte of HTTP;
 * what it does not lie about it answers as it should.
 */
final class LyingSender implements AutoCloseable {
  static final int CHUNK = 64 * 1024;
  static final int CHUNKS = 3;

  private static final Lie TRUTH = (_, _, _) -> false;
  private static final Pattern REQUEST =
      Pattern.compile("(\\S+) /v1/sends/([^/?]+)(?:/([a-z]+))?(?:/(\\d+))?(?:\\?(\\S+))? .*");

  /** A request: {@code what} is the last word of its path, such as {@code manifest}. */
  record Asked(String method, SessionId id, String what, int number, String query, String head) {
    int from() {
      Matcher from = Pattern.compile("from=(\\d+)").matcher(query);
      return from.find() ? Integer.parseInt(from.group(1)) : 0;
    }

    ByteRange range() {
      Matcher range = Pattern.compile("(?i)range: *bytes=(\\d+)-(\\d+)").matcher(head);
      return range.find()
          ? new ByteRange(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)) + 1)
          : new ByteRange(0, CHUNK);
    }
  }

  /** What to answer instead of the truth. */
  @FunctionalInterface
  interface Lie {
    /** Writes an answer, or returns false, so that the truth is told. */
    boolean tell(LyingSender sender, Asked asked, OutputStream out) throws IOException;
  }

  private final Map<SessionId, Lie> lies = new ConcurrentHashMap<>();
  private final byte[] stream = new byte[CHUNKS * CHUNK];
  private final List<ChunkRecord> records = new ArrayList<>();
  private final EndRecord end;
  private final ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong largestAnswer = new AtomicLong();

  LyingSender() throws IOException {
    new Random(7).nextBytes(stream);
    StreamDigest digest = new StreamDigest();
    for (int i = 0; i < CHUNKS; i++) {
      records.add(record(i, ByteBuffer.wrap(stream, i * CHUNK, CHUNK)));
      digest.add(records.getLast());
    }
    end = digest.end(0, Optional.empty());
    threads.execute(this::accept);
  }

  private static ChunkRecord record(int number, ByteBuffer bytes) {
    ChunkHasher hasher = new ChunkHasher(DigestChoice.SHA256);
    hasher.update(bytes);
    return ChunkRecord.of(number, (long) number * CHUNK, bytes.remaining(), hasher.digests());
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  /** Lies about one session from now on. */
  void lie(SessionId about, Lie lie) {
    lies.put(about, lie);
  }

  /** Returns how many bytes of one answer the receiver took, at most. */
  long largestAnswer() {
    return largestAnswer.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (Optional<Asked> asked = read(in); asked.isPresent(); asked = read(in)) {
        Counted out = new Counted(socket.getOutputStream());
        try (OutputStream buffered = new BufferedOutputStream(out, 32 * 1024)) {
          answer(asked.get(), buffered);
        } finally {
          largestAnswer.accumulateAndGet(out.bytes, Math::max);
        }
      }
    } catch (IOException e) {
      return; // the receiver has had enough
    }
  }

  /** Counts what the socket takes, and keeps it open. */
  private static final class Counted extends FilterOutputStream {
    private long bytes;

    Counted(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      bytes += length;
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  private static Optional<Asked> read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      bytes.write(next);
    }
    String head = bytes.toString(ISO_8859_1);
    Matcher length = Pattern.compile("(?i)content-length: *(\\d+)").matcher(head);
    if (length.find()) {
      in.skipNBytes(Long.parseLong(length.group(1)));
    }
    Matcher line = REQUEST.matcher(head.lines().findFirst().orElseThrow());
    if (!line.matches()) {
      throw new IOException("not understood: " + head);
    }
    return Optional.of(
        new Asked(
            line.group(1),
            new SessionId(line.group(2)),
            line.group(3) == null ? "" : line.group(3),
            line.group(4) == null ? 0 : Integer.parseInt(line.group(4)),
            line.group(5) == null ? "" : line.group(5),
            head));
  }

  private void answer(Asked asked, OutputStream out) throws IOException {
    if (lies.getOrDefault(asked.id(), TRUTH).tell(this, asked, out)) {
      return;
    }
    switch (asked.what()) {
      case "manifest" -> json(out, Json.TOLERANT.writeValueAsBytes(truePage(asked)));
      case "chunks" -> {
        ByteRange range = asked.range();
        int at = (int) (records.get(asked.number()).offset() + range.from());
        partial(asked, out, "");
        out.write(stream, at, (int) range.length());
      }
      default -> json(out, "{}".getBytes(ISO_8859_1));
    }
  }

  /** Writes the head of a right answer to a request for a range, and further headers. */
  void partial(Asked asked, OutputStream out, String further) throws IOException {
    ChunkRecord record = records.get(asked.number());
    head(
        out,
        "206 Partial Content",
        "ETag: "
            + record.digests().entityTag()
            + "\r\nContent-Range: "
            + new ContentRange(asked.range(), record.length()).header()
            + "\r\n"
            + (further.isEmpty() ? "Content-Length: " + asked.range().length() + "\r\n" : further));
  }

  /** Writes the head of an answer; every header ends in a line break. */
  static void head(OutputStream out, String status, String headers) throws IOException {
    out.write(("HTTP/1.1 " + status + "\r\n" + headers + "\r\n").getBytes(ISO_8859_1));
  }

  static void json(OutputStream out, byte[] body) throws IOException {
    head(
        out, "200 OK", "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n");
    out.write(body);
  }

  /** Returns the page as an honest sender writes it. */
  ObjectNode page(Asked asked) {
    return Json.TOLERANT.valueToTree(truePage(asked));
  }

  private ManifestPage truePage(Asked asked) {
    int from = Math.min(asked.from(), CHUNKS);
    return new ManifestPage(records.subList(from, CHUNKS), Optional.of(end), status(asked.id()));
  }

  private SendStatus status(SessionId id) {
    return new SendStatus(
        id,
        SessionState.DRAINING,
        "office::data",
        "vault",
        CHUNK,
        CHUNKS,
        stream.length,
        0,
        0,
        1 << 30,
        OptionalLong.empty(),
        1,
        OptionalLong.empty(),
        Duration.ofDays(1),
        Duration.ZERO,
        SessionLimits.DEFAULT,
        Map.of(),
        Optional.of(end),
        Optional.empty());
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
