package io.longhaul.packaging.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.SpoolProcesses;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.testing.Eventually;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.receiver.ReceiverAgent;
import io.longhaul.receiver.ReceiverConfig;
import io.longhaul.sender.SenderAgent;
import io.longhaul.sender.SenderConfig;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both agents under requests that nobody in his right mind would send, while a transfer goes on
 * between them. Each request is decided by its seed; one that was not answered well is printed with
 * it, and {@code -Dlonghaul.fuzz.seed=N} sends it alone.
 */
@Timeout(3600)
class FuzzTest {
  private static final int REQUESTS = Integer.getInteger("longhaul.fuzz.requests", 6000);
  private static final long ONLY_SEED = Long.getLong("longhaul.fuzz.seed", -1);
  private static final int BATCH = 5000;
  private static final int CONNECTIONS = 4;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final long MOST_GROWTH = 16L << 20;

  /** What belongs into the agent's log and not into an answer. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "Exception|Constraints|jackson|io\\.longhaul|undertow|java\\.|\\bat [a-z]+\\.[a-z]+\\.");

  @TempDir private Path folder = Path.of("");
  private final Map<String, String> tokens = new TreeMap<>();
  private final Queue<String> processes = new ConcurrentLinkedQueue<>();
  private final RecordingStream recording = new RecordingStream();
  private int processesOfOurs;
  private SenderAgent sender;
  private ReceiverAgent receiver;
  private AgentClient toSender;
  private AgentClient toReceiver;

  @BeforeEach
  void startAgents() throws Exception {
    recording.enable("jdk.ProcessStart");
    recording.onEvent(
        "jdk.ProcessStart", event -> processes.add(String.valueOf(event.getString("command"))));
    recording.startAsync();
    for (String identity : List.of("vault", "stranger", "admin")) {
      String token = UUID.randomUUID().toString();
      secret(identity + ".token", token);
      secret(identity + ".token.sha256", TokenFile.hashed(token));
      tokens.put(identity, token);
    }
    Files.write(folder.resolve("stream"), stream());
    sender = SenderAgent.start(config("sender", 0, SenderConfig.class));
    receiver = ReceiverAgent.start(config("receiver", sender.port(), ReceiverConfig.class));
    toSender = client(sender.port());
    toReceiver = client(receiver.port());
  }

  @AfterEach
  void stopAgents() throws Exception {
    receiver.close();
    sender.close();
    new SpoolProcesses(folder).end();
    recording.close();
  }

  private void secret(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static byte[] stream() {
    byte[] stream = new byte[300_000];
    new Random(11).nextBytes(stream);
    return stream;
  }

  /** Nothing can be started by a name in a fuzzed request: {@code mark} is in none. */
  private <T extends ConfigFile.Checked> T config(String role, int peer, Class<T> type)
      throws Exception {
    String own =
        role.equals("sender")
            ? """
            streams:
              mark: {command: [touch, "FOLDER/mark"]}
              absent: {command: ["FOLDER/no-such-program"]}
              ready: {command: [cat, "FOLDER/stream"]}
              slow: {command: [sh, -c, "until [ -e FOLDER/go ]; do sleep 0.1; done; cat FOLDER/stream"]}
            grants:
              - {identity: vault, streams: [mark, absent, ready, slow], datasets: {"tank<": true}, flags: [-R], sessions: 100}
            """
            : """
            streams:
              mark: {command: [touch, "FOLDER/mark"]}
              absent: {command: ["FOLDER/no-such-program"]}
              out: {command: [sh, -c, "cat > FOLDER/out"]}
              nowhere: {command: [cat]}
            peers:
              office: {url: "http://127.0.0.1:PEER", token-file: "FOLDER/vault.token"}
              away: {url: "http://127.0.0.1:1"}
            grants:
              - {identity: admin, peers: [office, away], streams: [mark, absent, out, nowhere], roots: [backup], sessions: 100}
              - {identity: vault, peers: [office, away], streams: [mark, absent], roots: [backup], flags: [-F]}
            """;
    String common =
        """
        name: ROLE
        listen:
          port: 0
          tokens:
            - {identity: vault, file: "FOLDER/vault.token.sha256", admin: false}
            - {identity: stranger, file: "FOLDER/stranger.token.sha256", admin: false}
            - {identity: admin, file: "FOLDER/admin.token.sha256", admin: true}
        spool: {directory: "FOLDER/spool-ROLE", limit: 1MiB}
        zfs: {command: ["FOLDER/no-such-zfs"]}
        limits: {requests-per-second: 100000, sessions: 100}
        """;
    Files.createDirectories(folder.resolve("spool-" + role));
    String text =
        (common + own)
            .replace("FOLDER", folder.toString())
            .replace("ROLE", role)
            .replace("PEER", Integer.toString(peer));
    return ConfigFile.read(Files.writeString(folder.resolve(role + ".yaml"), text), type);
  }

  @Test
  void everyRequestIsAnsweredAndNoneDoesHarm() throws Exception {
    SessionId watched = send("slow");
    receive(watched, "out", "office");
    if (ONLY_SEED >= 0) {
      fuzz(ONLY_SEED, ONLY_SEED + 1);
    } else {
      fuzz(0, REQUESTS / 5);
      long before = usedHeap();
      for (long from = REQUESTS / 5; from < REQUESTS; from += BATCH) {
        fuzz(from, Math.min(REQUESTS, from + BATCH));
      }
      assertThat(usedHeap() - before).as("growth of the heap").isLessThan(MOST_GROWTH);
    }

    assertThat(folder.resolve("mark")).doesNotExist();
    Files.createFile(folder.resolve("go"));
    Eventually.eventually(
        "the transfer that went on meanwhile is done",
        () -> receiveStatus(watched).state() == SessionState.DONE);
    assertThat(folder.resolve("out")).hasBinaryContent(stream());
    recording.stop();
    assertThat(processes)
        .as("processes started by the agents")
        .hasSizeBetween(2, processesOfOurs) // a pump's process takes one session after the other
        .allMatch(command -> command.contains("PumpMain"));
  }

  private SessionId send(String stream) throws Exception {
    SessionId id = SessionId.create(InstantSource.system());
    toSender.put(
        ApiPaths.send(id),
        new SendRequest(
            new SourceSpec.Stream(stream),
            "vault",
            SendRequest.LEAST_CHUNK * 4,
            DigestChoice.SHA256,
            SessionLimits.DEFAULT,
            Map.of()),
        SendStatus.class);
    processesOfOurs++;
    return id;
  }

  private void receive(SessionId id, String sink, String peer) throws Exception {
    toReceiver.put(
        ApiPaths.receive(id),
        new ReceiveRequest(new SinkSpec.Stream(sink), peer, SessionLimits.DEFAULT, Map.of()),
        ReceiveStatus.class);
    processesOfOurs++;
    Eventually.eventually(
        "its pump is started", () -> receiveStatus(id).state() != SessionState.CREATED);
  }

  private ReceiveStatus receiveStatus(SessionId id) throws Exception {
    return toReceiver.get(ApiPaths.receive(id), Duration.ZERO, ReceiveStatus.class);
  }

  private AgentClient client(int port) throws Exception {
    return new AgentClient(
        AgentConnection.to(
            "test",
            new AgentAddress(
                URI.create("http://127.0.0.1:" + port), Optional.of(folder.resolve("admin.token"))),
            Optional.empty(),
            1));
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Sends a batch, with sessions of its own that may come to harm. */
  private void fuzz(long from, long to) throws Exception {
    SessionId harmed = send("ready");
    receive(harmed, "nowhere", "away");
    List<String> ids =
        List.of(harmed.text(), harmed.text(), harmed.text(), "00000000000000000000000000");
    AtomicLong next = new AtomicLong(from);
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (int i = 0; i < CONNECTIONS; i++) {
        int port = i % 2 == 0 ? sender.port() : receiver.port();
        all.add(
            threads.submit(() -> {
              try (Client client = new Client(port, ids)) {
                for (long seed = next.getAndIncrement(); seed < to; seed = next.getAndIncrement()) {
                  client.send(seed);
                }
              }
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  /** One who sends on one connection as long as it lasts. */
  private final class Client implements AutoCloseable {
    private final int port;
    private final List<String> ids;
    private Socket socket;
    private InputStream in;
    private boolean used;

    Client(int port, List<String> ids) throws IOException {
      this.port = port;
      this.ids = ids;
      connect();
    }

    private void connect() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      used = false;
    }

    private void reconnect() throws IOException {
      socket.close();
      connect();
    }

    void send(long seed) throws Exception {
      FuzzedRequest request = FuzzedRequest.of(seed, ids, List.copyOf(tokens.values()));
      String what = "seed " + seed + " at port " + port + ":\n" + request + "\n";
      try {
        if (!request.isHttp()) {
          reconnect();
        }
        Optional<HttpReply> reply = exchange(request);
        reply.ifPresent(answer -> judge(what, answer));
        if (!request.isHttp() || reply.isEmpty() || reply.get().closes()) {
          reconnect();
        }
      } catch (IOException | RuntimeException e) {
        throw new AssertionError(what + "was not answered", e);
      }
    }

    /** Returns the answer; a request that is no HTTP need not have one. */
    private Optional<HttpReply> exchange(FuzzedRequest request) throws IOException {
      try {
        socket.getOutputStream().write(request.bytes());
        if (!request.isHttp()) {
          socket.shutdownOutput();
        }
        HttpReply reply = HttpReply.read(in, request.method());
        used = true;
        return Optional.of(reply);
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (EOFException | SocketException e) {
        if (!request.isHttp()) {
          return Optional.empty();
        }
        if (!used) {
          throw e;
        }
        reconnect(); // a connection may be closed between two requests
        return exchange(request);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void judge(String what, HttpReply reply) {
    String body = reply.body();
    String all = what + "was answered " + reply.status() + " " + reply.headers() + "\n" + body;
    boolean paused = reply.status() == 503 && reply.headers().containsKey("retry-after");
    assertThat(paused || reply.status() < 500).as(all).isTrue();
    if (reply.status() >= 400) {
      boolean notEvenARequest = body.isEmpty() && reply.closes();
      boolean isProblem =
          Problem.MEDIA_TYPE.equals(reply.headers().get("content-type"))
              && (body.isEmpty() || problem(body).status() == reply.status());
      assertThat(isProblem || notEvenARequest).as(all).isTrue();
      assertThat(body).as(all).doesNotContainPattern(INSIDE).doesNotContain(folder.toString());
    }
  }

  private static Problem problem(String body) {
    try {
      return Json.TOLERANT.readValue(body, Problem.class);
    } catch (IOException e) {
      throw new AssertionError("no problem: " + body, e);
    }
  }
}
