package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longhaul.protocol.Json;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that stand in requests and replies. */
final class ZfsJsonTest {

  @Test
  void writesASendAndReadsItBack() throws Exception {
    var send = ZfsSend.incremental(SendBase.parse("#one"), SnapshotName.parse("tank/vm@two"));
    String json = Json.STRICT.writeValueAsString(send);
    assertThat(json)
        .isEqualTo(
            """
            {"snapshot":"tank/vm@two","base":"#one","intermediates":false,"replicate":false}\
            """);
    assertThat(Json.STRICT.readValue(json, ZfsSend.class)).isEqualTo(send);

    var full = ZfsSend.full(SnapshotName.parse("tank/vm@two"));
    assertThat(Json.STRICT.readValue(Json.STRICT.writeValueAsString(full), ZfsSend.class))
        .isEqualTo(full);
  }

  @Test
  void writesOnlyTheFlagsThatAreSaid() throws Exception {
    var send =
        ZfsSend.resumed(new ResumeToken("1-ab-2-cd"), SnapshotName.parse("tank/vm@two"))
            .with(new SendFlags(true, false, true, false, false));
    String json = Json.STRICT.writeValueAsString(send);
    assertThat(json)
        .isEqualTo(
            """
            {"snapshot":"tank/vm@two","intermediates":false,"replicate":false,\
            "token":"1-ab-2-cd","raw":true,"largeBlocks":true}\
            """);
    assertThat(Json.STRICT.readValue(json, ZfsSend.class)).isEqualTo(send);
    var clone = ZfsSend.ofClone(SnapshotName.parse("tank/a@o"), SnapshotName.parse("tank/b@s"));
    assertThat(Json.STRICT.readValue(Json.STRICT.writeValueAsString(clone), ZfsSend.class))
        .isEqualTo(clone);
  }

  static Stream<Arguments> changes() {
    DatasetName vm = DatasetName.parse("backup/vm");
    SnapshotName one = vm.at("one");
    return Stream.of(
        Arguments.of(
            new ZfsChange.Hold("longhaul_STEP_J_x", List.of(one, vm.at("two"))),
            """
            {"kind":"hold","tag":"longhaul_STEP_J_x","snapshots":["backup/vm@one","backup/vm@two"]}\
            """,
            "hold longhaul_STEP_J_x backup/vm@one backup/vm@two"),
        Arguments.of(
            new ZfsChange.Release("longhaul_STEP_J_x", List.of(one)),
            """
            {"kind":"release","tag":"longhaul_STEP_J_x","snapshots":["backup/vm@one"]}\
            """,
            "release longhaul_STEP_J_x backup/vm@one"),
        Arguments.of(
            new ZfsChange.Bookmark(one, "longhaul_C", "18446744073709551615"),
            """
            {"kind":"bookmark","snapshot":"backup/vm@one","bookmark":"longhaul_C",\
            "guid":"18446744073709551615"}\
            """,
            "bookmark backup/vm@one backup/vm#longhaul_C"),
        Arguments.of(
            new ZfsChange.DestroyBookmark(vm, "mine"),
            """
            {"kind":"destroy-bookmark","dataset":"backup/vm","bookmark":"mine"}\
            """,
            "destroy backup/vm#mine"),
        Arguments.of(
            new ZfsChange.DestroySnapshot(one, "7"),
            """
            {"kind":"destroy-snapshot","snapshot":"backup/vm@one","guid":"7"}\
            """,
            "destroy backup/vm@one"),
        Arguments.of(
            new ZfsChange.Rollback(one),
            """
            {"kind":"rollback","snapshot":"backup/vm@one"}\
            """,
            "rollback backup/vm@one"),
        Arguments.of(
            new ZfsChange.AbortReceive(vm, "dead"),
            """
            {"kind":"abort-receive","target":"backup/vm","why":"dead"}\
            """,
            "receive -A backup/vm"),
        Arguments.of(
            new ZfsChange.CreatePlaceholder(vm, true),
            """
            {"kind":"create-placeholder","target":"backup/vm","unencrypted":true}\
            """,
            "create -o mountpoint=none -o canmount=off -o readonly=on -o longhaul:placeholder=on"
                + " -o encryption=off backup/vm"),
        Arguments.of(
            new ZfsChange.DestroyPlaceholder(vm),
            """
            {"kind":"destroy-placeholder","target":"backup/vm"}\
            """,
            "destroy backup/vm"),
        Arguments.of(
            new ZfsChange.BecomeReal(vm),
            """
            {"kind":"become-real","target":"backup/vm"}\
            """,
            "inherit longhaul:placeholder backup/vm"),
        Arguments.of(
            new ZfsChange.SetProperty(vm, "readonly", "on"),
            """
            {"kind":"set-property","target":"backup/vm","property":"readonly","value":"on"}\
            """,
            "set readonly=on backup/vm"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void writesAChangeAndReadsItBack(ZfsChange change, String json, String command) throws Exception {
    assertThat(Json.STRICT.writeValueAsString(change)).isEqualTo(json);
    assertThat(Json.STRICT.readValue(json, ZfsChange.class)).isEqualTo(change);
    assertThat(String.join(" ", change.arguments())).isEqualTo(command);
  }

  @Test
  void everyKindOfChangeHasAForm() {
    Set<Object> kinds =
        changes()
            .map(row -> Objects.requireNonNull(row.get()[0]).getClass())
            .collect(Collectors.toSet());
    assertThat(kinds)
        .containsExactlyInAnyOrder((Object[]) ZfsChange.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kind\":\"destroy\",\"target\":\"a\"}",
        "{\"kind\":\"hold\",\"tag\":\"theirs\",\"snapshots\":[\"a@b\"]}",
        "{\"kind\":\"hold\",\"tag\":\"longhaul_x\",\"snapshots\":[]}",
        "{\"kind\":\"hold\",\"tag\":\"longhaul_x\",\"snapshots\":[null]}",
        "{\"kind\":\"hold\",\"tag\":\"longhaul_x y/z\",\"snapshots\":[\"a@b\"]}",
        "{\"kind\":\"hold\",\"tag\":\"longhaul_x\",\"snapshots\":[\"-r@b\"]}",
        "{\"kind\":\"hold\",\"tag\":\"longhaul_x\",\"snapshots\":[\"a@b\"],\"recursive\":true}",
        "{\"kind\":\"bookmark\",\"snapshot\":\"a@b\",\"bookmark\":\"x\",\"guid\":\"1\"}",
        "{\"kind\":\"bookmark\",\"snapshot\":\"a@b\",\"bookmark\":\"longhaul_x\",\"guid\":\"-1\"}",
        "{\"kind\":\"destroy-snapshot\",\"snapshot\":\"a@b\"}",
        "{\"kind\":\"destroy-snapshot\",\"snapshot\":\"a\",\"guid\":\"1\"}",
        "{\"kind\":\"destroy-bookmark\",\"dataset\":\"a\",\"bookmark\":\"b#c\"}",
        "{\"kind\":\"set-property\",\"target\":\"a\",\"property\":\"exec\",\"value\":\"on\"}",
      })
  void refusesWhatIsNoChangeOfTheClosedList(String json) {
    assertThatExceptionOfType(JsonProcessingException.class)
        .isThrownBy(() -> Json.STRICT.readValue(json, ZfsChange.class));
  }

  @Test
  void readsFeaturesOfANewerAgent() throws Exception {
    String json = Json.STRICT.writeValueAsString(FakeZfs.OPENZFS);
    assertThat(Json.STRICT.readValue(json, ZfsFeatures.class)).isEqualTo(FakeZfs.OPENZFS);
    String newer = json.replaceFirst("\\{", "{\"fromTheFuture\":1,");
    assertThat(Json.TOLERANT.readValue(newer, ZfsFeatures.class)).isEqualTo(FakeZfs.OPENZFS);
  }
}
