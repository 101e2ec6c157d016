package io.longhaul.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsError;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.protocol.zfs.ZfsSend;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each record looks like on the wire, and what its reader may and may not overlook. */
class WireRecordsTest {
  private static final SessionId ID = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionLimits LIMITS =
      new SessionLimits(Duration.ofMillis(1500), Duration.ofDays(7));
  private static final Failure FAILURE =
      Failure.resumable(FailureKind.SINK_FAILED, "Tried to receive\nbut \u00e4");
  private static final EndRecord END =
      new EndRecord(2, 1L << 40, 1, "ab", Optional.of("12345678901234567890"));
  private static final ChunkRecord CHUNK =
      new ChunkRecord(
          3,
          1L << 50,
          5,
          Optional.of("d41d8cd98f00b204e9800998ecf8427e"),
          Optional.of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
          OptionalInt.of(-5));
  private static final ProtocolVersion VERSIONS = new ProtocolVersion(1, 3);
  private static final AgentInfo AGENT =
      new AgentInfo(
          "vault",
          Role.RECEIVE,
          "Longhaul 0.1.0",
          VERSIONS,
          List.of("md5", "sha256"),
          "boss",
          1L << 40,
          Optional.of("2.2.2"),
          Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
          List.of("plain HTTP"));
  private static final SendStatus SENDING =
      new SendStatus(
          ID,
          SessionState.DRAINING,
          "tank/vm@daily",
          "vault",
          16L << 20,
          9,
          9L << 24,
          4,
          4L << 24,
          1L << 30,
          OptionalLong.of(1L << 45),
          2,
          OptionalLong.of(7L << 24),
          Duration.ofMillis(1),
          Duration.ZERO,
          LIMITS,
          Map.of("job", "nightly"),
          Optional.of(END),
          Optional.of(FAILURE));
  private static final SendStatus SENDING_PLAIN =
      new SendStatus(
          ID,
          SessionState.CREATED,
          ":pg",
          "vault",
          4096,
          0,
          0,
          0,
          0,
          8192,
          OptionalLong.empty(),
          1,
          OptionalLong.empty(),
          Duration.ZERO,
          Duration.ZERO,
          SessionLimits.DEFAULT,
          Map.of(),
          Optional.empty(),
          Optional.empty());

  static List<Object> records() {
    return List.of(
        new Abort(FAILURE),
        new ChangesRequest(
            Optional.of("vault"), List.of(new ZfsChange.BecomeReal(DatasetName.parse("a/b")))),
        new ChangesReport(3, Optional.of(new ChangesReport.Failed(ZfsError.NO_SPACE, "no space"))),
        new EstimatesRequest(
            Optional.of("vault"), List.of(ZfsSend.full(SnapshotName.parse("tank/vm@daily")))),
        new Estimates(
            List.of(
                new Estimates.Estimate(OptionalLong.of(1L << 40)),
                new Estimates.Estimate(OptionalLong.empty()))),
        new TokensRequest(
            Optional.of("vault"), DatasetName.parse("tank"), List.of(new ResumeToken("1-ab-2-cd"))),
        new Tokens(List.of(new Tokens.Token(Optional.empty()))),
        new FilesystemsHead(
            new ZfsFeatures("zfs-2.1.11", Set.of('i'), Set.of('F'), true, false, true), 1000),
        AGENT,
        new AgentInfo(
            "a",
            Role.SEND,
            "s",
            VERSIONS,
            List.of(),
            "local",
            0,
            Optional.empty(),
            Optional.empty(),
            List.of()),
        new ManifestPage(List.of(CHUNK), Optional.of(END), SENDING),
        new ManifestPage(List.of(), Optional.empty(), SENDING_PLAIN),
        new PeerInfo("office", URI.create("http://h:1"), Optional.of(AGENT), Optional.empty()),
        new PeerInfo("office", URI.create("http://h:1"), Optional.empty(), Optional.of("away")),
        new ReceiveRequest(new SinkSpec.Stream("pg"), "office", LIMITS, Map.of("a", "b")),
        new ReceiveRequest(
            new SinkSpec.Zfs(DatasetName.parse("backup/vm 1"), true, false, "daily"),
            "office",
            LIMITS,
            Map.of()),
        new ReceiveStatus(
            ID,
            SessionState.VERIFYING,
            "office",
            "backup/vm",
            OptionalLong.of(4711),
            5,
            5L << 24,
            4,
            4L << 24,
            OptionalLong.of(0),
            new ReceiveStatus.Transfer(false, 8, 1L << 41, 1, 2, 3, Duration.ofSeconds(61)),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            LIMITS,
            Map.of("job", "nightly"),
            Optional.of(END),
            OptionalInt.of(0),
            Optional.of(FAILURE)),
        new ReceiveStatus(
            ID,
            SessionState.RUNNING,
            "office",
            ":pg",
            OptionalLong.empty(),
            0,
            0,
            0,
            0,
            OptionalLong.empty(),
            ReceiveStatus.Transfer.NONE,
            Duration.ZERO,
            Duration.ZERO,
            LIMITS,
            Map.of(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty()),
        new PauseRequest("office hours"),
        new Release(Long.MAX_VALUE),
        new SendRequest(
            new SourceSpec.Stream("pg"), "vault", 4096, DigestChoice.BOTH, LIMITS, Map.of()),
        new SendRequest(
            new SourceSpec.Zfs(
                new ZfsSend(
                    SnapshotName.parse("tank/vm 1@daily"),
                    Optional.of(SendBase.parse("@weekly")),
                    true,
                    true,
                    true)),
            "vault",
            1L << 30,
            DigestChoice.SHA256,
            SessionLimits.DEFAULT,
            Map.of("job", "nightly")),
        SENDING,
        SENDING_PLAIN,
        LIMITS,
        SessionLimits.DEFAULT,
        new SweepReport(List.of(new SweepReport.Entry(ID, 5, true, false, "ended"))),
        new SweepReport(List.of()),
        SweepRequest.usual(true),
        new SweepRequest(false, Optional.of(Duration.ofHours(1))),
        // what the records above are made of, and what goes over the wire beside them
        CHUNK,
        END,
        FAILURE,
        VERSIONS,
        Problem.of(ProblemType.CONFLICT, "another session receives into backup/vm"));
  }

  @ParameterizedTest
  @MethodSource("records")
  void comesBackAsItWas(Object value) throws Exception {
    for (JsonMapper mapper : List.of(Json.STRICT, Json.TOLERANT)) {
      byte[] json = mapper.writeValueAsBytes(value);
      Object strict = Json.STRICT.readValue(json, value.getClass());
      Object tolerant = Json.TOLERANT.readValue(json, value.getClass());
      assertThat(strict).isEqualTo(value).hasSameHashCodeAs(value);
      assertThat(tolerant).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void nothingAbsentIsWritten(Object value) throws Exception {
    assertThat(Json.TOLERANT.writeValueAsString(value)).doesNotContain("null", "empty", "present");
  }

  @ParameterizedTest
  @MethodSource("records")
  void anUnknownKeyIsAFaultInARequestAndNothingInAReply(Object value) throws Exception {
    ObjectNode json = Json.TOLERANT.valueToTree(value);
    json.put("newerOption", true);
    byte[] bytes = Json.TOLERANT.writeValueAsBytes(json);
    assertThatThrownBy(() -> Json.STRICT.readValue(bytes, value.getClass()))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("newerOption");
    Object tolerant = Json.TOLERANT.readValue(bytes, value.getClass());
    assertThat(tolerant).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("records")
  void onlyWhatIsOptionalMayBeMissingOrNull(Object value) throws Exception {
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      boolean optional = component.getType().getSimpleName().startsWith("Optional");
      for (boolean missing : new boolean[] {true, false}) {
        ObjectNode json = Json.TOLERANT.valueToTree(value);
        json.remove(component.getName());
        if (!missing) {
          json.putNull(component.getName());
        }
        for (JsonMapper mapper : List.of(Json.STRICT, Json.TOLERANT)) {
          if (optional) {
            Object read = mapper.treeToValue(json, value.getClass());
            Object part = component.getAccessor().invoke(read);
            assertThat(part.toString()).as("%s", component).endsWith(".empty");
          } else {
            assertThatThrownBy(() -> mapper.treeToValue(json, value.getClass()))
                .as("%s", component)
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining(component.getName());
          }
        }
      }
    }
  }

  @Test
  void everyRecordOfThePackageIsTested() throws Exception {
    Path classes =
        Path.of(SendRequest.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("io/longhaul/protocol/wire");
    Set<String> named = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(classes, "*.class")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName()).replace(".class", "");
        if (!name.contains("$") && !name.equals("package-info") && isRecord(name)) {
          named.add(name);
        }
      }
    }
    assertThat(
            records().stream().map(r -> r.getClass().getSimpleName()).collect(Collectors.toSet()))
        .containsAll(named);
  }

  private static boolean isRecord(String name) throws ClassNotFoundException {
    return Class.forName("io.longhaul.protocol.wire." + name).isRecord();
  }

  @Test
  void theKindTellsASourceFromAnother() throws Exception {
    assertThat(Json.STRICT.writeValueAsString(new SourceSpec.Stream("pg")))
        .isEqualTo("{\"kind\":\"stream\",\"name\":\"pg\"}");
    assertThat(Json.STRICT.readValue("{\"kind\":\"stream\",\"name\":\"pg\"}", SinkSpec.class))
        .isEqualTo(new SinkSpec.Stream("pg"));
    for (String wrong :
        List.of(
            "{\"kind\":\"command\",\"name\":\"rm\"}",
            "{\"name\":\"pg\"}",
            "{\"kind\":\"stream\",\"name\":\"pg\",\"command\":[\"rm\"]}",
            "{\"kind\":\"zfs\",\"name\":\"pg\"}")) {
      assertThatThrownBy(() -> Json.STRICT.readValue(wrong, SourceSpec.class))
          .isInstanceOf(JacksonException.class);
      assertThatThrownBy(() -> Json.STRICT.readValue(wrong, SinkSpec.class))
          .isInstanceOf(JacksonException.class);
    }
  }

  /** Peers that were built years ago depend on these words. */
  @Test
  void theWireFormIsStable() throws Exception {
    assertThat(
            Json.STRICT.writeValueAsString(
                new SendRequest(
                    new SourceSpec.Stream("pg"),
                    "vault",
                    4096,
                    DigestChoice.MD5,
                    LIMITS,
                    Map.of("job", "n"))))
        .isEqualTo(
            "{\"source\":{\"kind\":\"stream\",\"name\":\"pg\"},\"reader\":\"vault\","
                + "\"chunkBytes\":4096,\"digests\":\"md5\","
                + "\"limits\":{\"stalled\":\"PT1.5S\",\"unreachable\":\"PT168H\"},"
                + "\"labels\":{\"job\":\"n\"}}");
    assertThat(Json.STRICT.writeValueAsString(new Abort(FAILURE)))
        .isEqualTo(
            "{\"failure\":{\"kind\":\"sink-failed\",\"message\":\"Tried to receive\\nbut \u00e4\","
                + "\"resumable\":true}}");
    assertThat(Json.STRICT.writeValueAsString(CHUNK))
        .isEqualTo(
            "{\"type\":\"chunk\",\"chunk\":3,\"offset\":1125899906842624,\"length\":5,"
                + "\"md5\":\"d41d8cd98f00b204e9800998ecf8427e\","
                + "\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
                + "\"crc32c\":-5}");
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    for (String wrong :
        List.of(
            "{\"releasedTo\":-1}",
            "{\"releasedTo\":9223372036854775808}",
            "{\"releasedTo\":1.0}",
            "{\"releasedTo\":\"1\"}")) {
      assertThatThrownBy(() -> Json.STRICT.readValue(wrong, Release.class))
          .isInstanceOf(JacksonException.class);
    }
    for (String wrong :
        List.of(
            "{\"stalled\":\"PT0S\",\"unreachable\":\"PT1S\"}",
            "{\"stalled\":\"PT1S\",\"unreachable\":\"-PT1S\"}",
            "{\"stalled\":\"PT1S\",\"unreachable\":\"P36526D\"}",
            "{\"stalled\":\"PT9223372036854775807S\",\"unreachable\":\"PT1S\"}")) {
      assertThatThrownBy(() -> Json.STRICT.readValue(wrong, SessionLimits.class))
          .isInstanceOf(JacksonException.class)
          .hasMessageContaining("must be positive");
    }
  }

  /** A number that does not fit would turn up as a bug, somewhere else. */
  @ParameterizedTest
  @CsvSource({
    "sealedTo, -1",
    "sealedBytes, -1",
    "releasedTo, -9223372036854775808",
    "releasedBytes, -1",
    "spoolLimitBytes, -1",
    "sinceProgress, PT-1S",
    "sinceProgress, PT9223372036854775807S",
    "sinceContact, P36526D",
  })
  void aStatusOutOfAllRangeIsRefused(String member, String value) throws Exception {
    ObjectNode status = Json.TOLERANT.valueToTree(SENDING);
    JsonNode old = status.get(member);
    status.set(member, old.isTextual() ? TextNode.valueOf(value) : Json.TOLERANT.readTree(value));
    assertThatThrownBy(() -> Json.TOLERANT.treeToValue(status, SendStatus.class))
        .isInstanceOf(JacksonException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT9223372036854775807S"})
  void aSweepOfNoUsableAgeIsRefused(String age) {
    String request = "{\"dryRun\":true,\"olderThan\":\"" + age + "\"}";
    assertThatThrownBy(() -> Json.STRICT.readValue(request, SweepRequest.class))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("olderThan must be 0 to a hundred years");
  }

  @Test
  void aChunkSizeHasBounds() {
    for (long bytes : new long[] {-1, 0, 4095, (1L << 30) + 1, Long.MAX_VALUE}) {
      assertThatThrownBy(() ->
              new SendRequest(
                  new SourceSpec.Stream("s"), "r", bytes, DigestChoice.MD5, LIMITS, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("chunkBytes must be 4096 to 1073741824, was " + bytes);
    }
  }

  @Test
  void labelsHaveBounds() {
    Map<String, String> many =
        IntStream.range(0, 17).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
    for (Map<String, String> labels :
        List.of(many, Map.of("k".repeat(257), "v"), Map.of("k", "v".repeat(257)))) {
      assertThatThrownBy(
              () -> new ReceiveRequest(new SinkSpec.Stream("s"), "office", LIMITS, labels))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("labels");
    }
  }

  @Test
  void specificationsAreShownAsPeopleNameThem() {
    assertThat(new SourceSpec.Stream("pg")).hasToString(":pg");
    assertThat(new SinkSpec.Stream("pg")).hasToString(":pg");
    assertThat(new SourceSpec.Zfs(ZfsSend.full(SnapshotName.parse("tank/vm@daily"))))
        .hasToString("tank/vm@daily");
    assertThat(new SinkSpec.Zfs(DatasetName.parse("backup/vm"), false, true, "daily"))
        .hasToString("backup/vm");
  }
}
