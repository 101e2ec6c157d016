package io.longhaul.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArtifactTest {
  private static final DatasetName VM = DatasetName.parse("tank/vm");

  private static Version version(SendBase.Kind kind, String name, long number, String... tags) {
    return new Version(
        new SendBase(kind, name),
        Long.toString(number),
        number,
        Instant.ofEpochSecond(number),
        tags.length,
        Set.of(tags),
        Set.of(),
        Optional.empty());
  }

  private static Version snapshot(String name, long number, String... tags) {
    return version(SendBase.Kind.SNAPSHOT, name, number, tags);
  }

  private static Version bookmark(String name, long number) {
    return version(SendBase.Kind.BOOKMARK, name, number);
  }

  private static List<Artifact> of(Version... versions) {
    return Artifact.of(List.of(dataset(VM, Optional.empty(), versions)));
  }

  private static Dataset dataset(
      DatasetName name, Optional<SnapshotName> origin, Version... versions) {
    return new Dataset(
        name,
        Dataset.Kind.FILESYSTEM,
        origin,
        Optional.empty(),
        false,
        0,
        Optional.empty(),
        List.of(versions));
  }

  @Test
  void whatAnUnsentCloneStartsFromIsNotStale() {
    var job = new Artifacts("job");
    Version old = snapshot("old", 1, job.step());
    Dataset origin = dataset(VM, Optional.empty(), old, bookmark(job.cursor(snapshot("b", 2)), 2));
    DatasetName name = DatasetName.parse("tank/clone");
    Optional<SnapshotName> start = Optional.of(VM.at("old"));
    var unsent = List.of(origin, dataset(name, start, snapshot("c", 3)));
    assertThat(Artifact.stale(Artifact.of(unsent), unsent)).isEmpty();
    Version sent = snapshot("c", 3);
    var both = List.of(origin, dataset(name, start, sent, bookmark(job.cursor(sent), 3)));
    assertThat(Artifact.stale(Artifact.of(both), both))
        .extracting(Artifact::kind)
        .containsExactly(Artifact.Kind.STEP_HOLD);
  }

  @Test
  void whatTheNamesOfAJobSayIsRead() {
    var names = new Artifacts("nightly_J_x");
    Version there = snapshot("a", 7);
    List<Artifact> found =
        of(
            snapshot("a", 7, names.step(), names.lastReceived(), "keep", "longhaul_other"),
            snapshot("b", 8, names.cursorHold()),
            bookmark(names.cursor(there), 7),
            bookmark(names.tentative(there), 7),
            bookmark("mine", 7));
    assertThat(found)
        .extracting(Artifact::kind)
        .containsExactlyInAnyOrder(
            Artifact.Kind.STEP_HOLD,
            Artifact.Kind.LAST_RECEIVED_HOLD,
            Artifact.Kind.CURSOR_HOLD,
            Artifact.Kind.CURSOR,
            Artifact.Kind.TENTATIVE_CURSOR);
    assertThat(found).extracting(Artifact::job).containsOnly("nightly_J_x");
  }

  @Test
  void staleIsWhatIsOlderThanWhatTheSameJobKeeps() {
    var job = new Artifacts("job");
    var other = new Artifacts("other");
    List<Artifact> found =
        of(
            snapshot("a", 1, job.step(), other.step()),
            bookmark(job.cursor(snapshot("a", 1)), 1),
            bookmark(job.tentative(snapshot("a", 1)), 1),
            bookmark(job.cursor(snapshot("b", 2)), 2),
            snapshot("b", 2, job.step()),
            snapshot("c", 3, job.step()));
    assertThat(Artifact.stale(found, List.of()))
        .extracting(artifact -> artifact.kind() + " " + artifact.job() + " " + artifact.where())
        .containsExactlyInAnyOrder(
            "STEP_HOLD job tank/vm@a",
            "CURSOR job tank/vm#longhaul_CURSOR_G_1_J_job",
            "TENTATIVE_CURSOR job tank/vm#longhaul_CURSORTENTATIVE_G_1_J_job");
  }

  @Test
  void aJobThatHasSentNothingYetHasNothingStale() {
    var job = new Artifacts("job");
    assertThat(Artifact.stale(of(snapshot("a", 1, job.step())), List.of())).isEmpty();
  }

  @Test
  void eachIsReleasedByItsOwnChange() {
    var job = new Artifacts("job");
    Version a = snapshot("a", 1, job.step());
    assertThat(of(a, bookmark(job.cursor(a), 1)))
        .extracting(Artifact::release)
        .containsExactlyInAnyOrder(
            new ZfsChange.Release(job.step(), List.of(VM.at("a"))),
            new ZfsChange.DestroyBookmark(VM, job.cursor(a)));
  }
}
