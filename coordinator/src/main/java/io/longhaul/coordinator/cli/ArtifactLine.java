package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.plan.Artifact;
import io.longhaul.coordinator.show.Table;
import java.time.Instant;
import java.util.List;

/**
 * An artifact as {@code --json} prints it.
 *
 * @param machine the name of its agent
 * @param kind what it is for
 * @param job whose it is
 * @param at the snapshot that is held, or the bookmark
 * @param name the hold's tag, or the bookmark's name
 * @param creation when the snapshot was made
 * @param stale whether nothing needs it any more
 */
record ArtifactLine(
    String machine,
    Artifact.Kind kind,
    String job,
    String at,
    String name,
    Instant creation,
    boolean stale) {

  static List<ArtifactLine> of(Roots.Found found) {
    return found.artifacts().stream()
        .map(artifact ->
            new ArtifactLine(
                found.machine(),
                artifact.kind(),
                artifact.job(),
                artifact.where(),
                artifact.name(),
                artifact.version().creation(),
                found.stale().contains(artifact)))
        .toList();
  }

  static Table table() {
    return new Table("AGENT", "JOB", "KIND", "STALE", "AT");
  }

  void row(Table table) {
    table.row(machine, job, kind.text(), stale ? "stale" : "", at);
  }
}
