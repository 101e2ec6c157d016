package io.longhaul.sender;

import static io.longhaul.sender.SenderUnderTest.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.client.AgentClient.Filesystems;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.testing.ScriptedZfs;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.wire.ChangesRequest;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsSend;
import io.longhaul.sender.grant.SendGrant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sender-agent tells of its datasets, and changes, over HTTP. */
@Timeout(200)
class FilesystemsTest {
  private static final DatasetName VM = DatasetName.parse("tank/vm");
  private static final Optional<String> VAULT = Optional.of("vault");

  @TempDir private Path directory;
  private SenderUnderTest agent;
  private ScriptedZfs zfs;

  @BeforeEach
  void start() throws Exception {
    agent = new SenderUnderTest(directory, Map.of(), "vault", "other", "admin", "nobody");
    zfs = new ScriptedZfs(directory.resolve("zfs"));
    agent.zfs(zfs.command());
    agent.grant(
        grant("vault", Map.of("tank/vm<", true, "tank/vm/secret<", false)),
        grant("other", Map.of("tank/vm", true)));
    zfs.above("tank")
        .dataset("tank/vm")
        .dataset("tank/vm/a b")
        .dataset("tank/vm/secret")
        .version("tank/vm@one", 11)
        .version("tank/vm#mark", 12)
        .version("tank/vm/secret@one", 13);
  }

  @AfterEach
  void stop() {
    agent.close();
  }

  private static SendGrant grant(String identity, Map<String, Boolean> datasets) {
    return new SendGrant(
        identity,
        Optional.of(new DatasetFilter(datasets)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void tellsWhatTheReaderIsGrantedAndNothingElse() throws Exception {
    Filesystems told = agent.filesystems("admin", VAULT).list(VM);
    assertThat(told.zfs().version()).isEqualTo("zfs-2.1.11-1");
    assertThat(told.datasets())
        .extracting(Dataset::name)
        .extracting(DatasetName::name)
        .containsExactly("tank/vm", "tank/vm/a b");
    assertThat(told.datasets().getFirst().versions())
        .extracting(version -> version.label() + " " + version.guid())
        .containsExactly("@one 11", "#mark 12");
    assertThat(agent.filesystems("vault", Optional.empty()).list(VM)).isEqualTo(told);
    assertThat(agent.filesystems("other", VAULT).list(VM).datasets()).hasSize(1);
    assertThat(zfs.asked()).hasSize(3 * 4);
  }

  @Test
  void aTreeOfWhichNothingIsGrantedIsRefusedBeforeZfsIsAsked() throws Exception {
    for (String[] row :
        new String[][] {
          {"vault", "tank/other"},
          {"vault", "tank/vm/secret"},
          {"other", "tank/vm/a b"},
          {"admin", "tank/vm"},
          {"nobody", "tank/vm"}
        }) {
      String path = ApiPaths.FILESYSTEMS + "?root=" + row[1].replace(" ", "%20");
      assertThat(problem(agent.get(path, row[0])).known()).hasValue(ProblemType.FORBIDDEN);
    }
    assertThat(zfs.asked()).isEmpty();
    for (String query : List.of("", "?root=", "?root=-r", "?root=a&root=b", "?root=tank&reader=")) {
      assertThat(problem(agent.get(ApiPaths.FILESYSTEMS + query, "vault")).known())
          .as(query)
          .hasValue(ProblemType.BAD_REQUEST);
    }
  }

  @Test
  void aLongListingArrivesWhole() throws Exception {
    for (int i = 0; i < 3000; i++) {
      zfs.version("tank/vm/a b@" + "s".repeat(100) + i, i + 100);
    }
    Filesystems told = agent.filesystems("vault", Optional.empty()).list(VM);
    assertThat(told.datasets().getLast().versions()).hasSize(3000);
  }

  @Test
  void holdsAndBookmarksForWhoMayReadAndChangesNothingElse() throws Exception {
    SnapshotName one = VM.at("one");
    var hold = new ZfsChange.Hold("longhaul_a", List.of(one));
    var bookmark = new ZfsChange.Bookmark(one, "longhaul_b", "11");
    var destroy = new ZfsChange.DestroyBookmark(VM, "longhaul_b");
    ChangesReport report =
        agent.filesystems("admin", VAULT).change(List.of(hold, bookmark, destroy));
    assertThat(report).isEqualTo(new ChangesReport(3, Optional.empty()));
    assertThat(zfs.asked())
        .containsExactly(
            "get -Hp -o name,value guid tank/vm@one",
            "hold longhaul_a tank/vm@one",
            "bookmark tank/vm@one tank/vm#longhaul_b",
            "destroy tank/vm#longhaul_b");
    List<ZfsChange> refused =
        List.of(
            new ZfsChange.DestroyBookmark(VM, "mine"),
            new ZfsChange.DestroySnapshot(one, "11"),
            new ZfsChange.Rollback(one),
            new ZfsChange.AbortReceive(VM, "why"),
            new ZfsChange.CreatePlaceholder(VM, false),
            new ZfsChange.DestroyPlaceholder(VM),
            new ZfsChange.BecomeReal(VM),
            new ZfsChange.SetProperty(VM, "readonly", "off"),
            new ZfsChange.Hold(
                "longhaul_a", List.of(one, DatasetName.parse("tank/vm/secret").at("one"))));
    for (ZfsChange change : refused) {
      var body = new ChangesRequest(VAULT, List.of(hold, change));
      assertThat(problem(agent.call("POST", ApiPaths.CHANGES, body, "admin")).known())
          .as("%s", change)
          .hasValue(ProblemType.FORBIDDEN);
    }
    assertThat(zfs.asked()).hasSize(4);
  }

  @Test
  void manyChangesAreCutIntoBodiesAndOneProcessTakesMany() throws Exception {
    List<SnapshotName> many =
        IntStream.range(0, 700).mapToObj(i -> VM.at("s".repeat(150) + i)).toList();
    ChangesReport report =
        agent
            .filesystems("vault", Optional.empty())
            .change(List.of(new ZfsChange.Hold("longhaul_a", many)));
    assertThat(report).isEqualTo(new ChangesReport(1, Optional.empty()));
    assertThat(zfs.asked()).hasSizeBetween(2, 4);
    assertThat(String.join(" ", zfs.asked()).split("@", -1)).hasSize(701);
  }

  @Test
  void estimatesAndTokensAreForWhoMayRead() throws Exception {
    var one = ZfsSend.full(VM.at("one"));
    assertThat(agent.filesystems("vault", Optional.empty()).estimates(List.of(one, one)))
        .containsExactly(OptionalLong.of(12345), OptionalLong.of(12345));
    assertThatThrownBy(() -> agent.filesystems("nobody", Optional.empty()).estimates(List.of(one)))
        .hasMessageContaining("not granted");
    var token = new ResumeToken("1-ab-2-cd");
    assertThat(agent.filesystems("vault", Optional.empty()).contents(VM, List.of(token)))
        .containsExactly(Optional.empty());
    assertThatThrownBy(() ->
            agent
                .filesystems("vault", Optional.empty())
                .contents(DatasetName.parse("tank/x"), List.of(token)))
        .hasMessageContaining("not granted");
  }
}
