package io.longhaul.packaging.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The link from the receiver-agent to the sender-agent, in the place of connections and of the
 * server: requests and replies are delayed, and so overtake each other; they are lost, repeated,
 * cut and damaged. What the client makes of an answer is product code.
 */
public final class Network {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration STALL = Duration.ofSeconds(3);
  private static final Duration LOOK = Duration.ofMillis(2);

  /** What answers on the sending side. */
  @FunctionalInterface
  public interface Server {
    /** Answers a request. */
    Answer answer(Call call) throws Exception;
  }

  /**
   * A request.
   *
   * @param range the Range header; empty if there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Call(
      String method,
      String path,
      Map<String, String> query,
      byte[] body,
      String range,
      String ifRange) {}

  /** An answer; {@code range} and {@code tag} are empty where there are none. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, String type, byte[] body, String range, String tag) {}

  private final World world;
  private @Nullable Server server;
  private @Nullable SimProcess serving;
  private int outages;

  Network(World world) {
    this.world = world;
  }

  /** Has a process answer from now on, as long as it lives. */
  public void serve(SimProcess process, Server its) {
    serving = process;
    server = its;
  }

  /** Cuts the link for some time from now on. */
  void cut(Duration time) {
    world.trace("link down for %s", time);
    outages++;
    world.scheduler().after(time, () -> outages--);
  }

  /** Tells the sender-agent to release what is not fed yet: a planted fault. */
  void releaseEarly(long to) {
    SimProcess process = serving;
    Server its = server;
    if (process != null && its != null && process.isAlive()) {
      byte[] body = ("{\"releasedTo\":" + to + "}").getBytes(StandardCharsets.UTF_8);
      Call call = new Call("POST", "v1/sends/" + world.id() + "/release", Map.of(), body, "", "");
      world.processes().thread(process, () -> its.answer(call));
    }
  }

  /** Carries a request of a process to the sender-agent, and its answer back. */
  public Response carry(SimProcess caller, Request request) throws IOException {
    caller.operation(request.method() + " " + request.url().encodedPath());
    try {
      Answer answer = answer(call(request));
      caller.operation("answer " + answer.status());
      return response(request, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Call call(Request request) throws IOException {
    var query = new TreeMap<String, String>();
    for (String name : request.url().queryParameterNames()) {
      query.put(name, String.valueOf(request.url().queryParameter(name)));
    }
    Buffer body = new Buffer();
    if (request.body() != null) {
      request.body().writeTo(body);
    }
    return new Call(
        request.method(),
        request.url().encodedPath().substring(1),
        query,
        body.readByteArray(),
        header(request, "Range"),
        header(request, "If-Range"));
  }

  private static String header(Request request, String name) {
    String value = request.header(name);
    return value == null ? "" : value;
  }

  private Answer answer(Call call) throws IOException, InterruptedException {
    travel();
    Answer answer = serve(call);
    if (world.chance(world.plan().lossPercent() / 4)) {
      world.trace("network repeats %s %s", call.method(), call.path());
      travel();
      answer = serve(call);
    }
    travel();
    return answer;
  }

  private void travel() throws IOException, InterruptedException {
    world.scheduler().sleep(Duration.ofNanos(500_000L + world.random(30_000_000)));
    if (outages > 0) {
      world.scheduler().sleep(CONNECT);
      throw new IOException("nobody answers");
    }
    if (world.chance(world.plan().lossPercent() / 2)) {
      world.scheduler().sleep(world.random(2) == 0 ? STALL : Duration.ZERO);
      throw new IOException("reset");
    }
  }

  private Answer serve(Call call) throws IOException, InterruptedException {
    SimProcess process = serving;
    Server its = server;
    if (process == null || its == null || !process.isAlive()) {
      throw new IOException("refused");
    }
    Answer[] answer = new Answer[1];
    world.processes().thread(process, () -> answer[0] = its.answer(call));
    while (answer[0] == null) {
      world.scheduler().sleep(LOOK);
      if (!process.isAlive()) {
        throw new IOException("reset by a peer that died");
      }
    }
    return answer[0];
  }

  private Response response(Request request, Answer answer) {
    byte[] body = answer.body().clone();
    boolean chunk = answer.status() == 206 || (answer.status() == 200 && !answer.tag().isEmpty());
    int cut = body.length;
    if (chunk && body.length > 0 && world.flipsNow()) {
      int at = world.random(body.length);
      world.trace("network flips a bit at byte %d of %s", at, request.url().encodedPath());
      body[at] ^= (byte) (1 << world.random(8));
    } else if (chunk && world.chance(world.plan().lossPercent() / 4)) {
      cut = world.random(body.length + 1);
      world.trace("network cuts %s at byte %d", request.url().encodedPath(), cut);
    }
    Response.Builder response =
        new Response.Builder()
            .request(request)
            .protocol(Protocol.HTTP_1_1)
            .code(answer.status())
            .message("")
            .header("Content-Type", answer.type())
            .body(new Body(answer.type(), body, cut));
    if (!answer.range().isEmpty()) {
      response.header("Content-Range", answer.range());
    }
    if (!answer.tag().isEmpty()) {
      response.header("ETag", answer.tag());
    }
    return response.build();
  }

  /** A body that comes in pieces, and may break off. */
  private final class Body extends ResponseBody {
    private final String type;
    private final int length;
    private final BufferedSource source;

    Body(String type, byte[] bytes, int cut) {
      this.type = type;
      this.length = bytes.length;
      this.source = Okio.buffer(new Pieces(bytes, cut));
    }

    @Override
    public @Nullable MediaType contentType() {
      return MediaType.parse(type);
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public BufferedSource source() {
      return source;
    }
  }

  private final class Pieces implements Source {
    private final byte[] bytes;
    private final int cut;
    private int at;

    Pieces(byte[] bytes, int cut) {
      this.bytes = bytes;
      this.cut = cut;
    }

    @Override
    public long read(Buffer sink, long most) throws IOException {
      world.maybeYield();
      if (at == cut && cut < bytes.length) {
        throw new IOException("reset after " + at + " bytes");
      }
      if (at == bytes.length) {
        return -1;
      }
      int length = (int) Math.min(most, Math.min(cut - at, 1 + world.random(8192)));
      sink.write(bytes, at, length);
      at += length;
      return length;
    }

    @Override
    public Timeout timeout() {
      return Timeout.NONE;
    }

    @Override
    public void close() {}
  }
}
