package io.longhaul.coordinator.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hold or bookmark that a job left ({@link Artifacts}).
 *
 * @param kind what it is for
 * @param job whose it is
 * @param dataset where it is
 * @param version the snapshot that is held, or the bookmark
 * @param name the hold's tag, or the bookmark's name
 */
public record Artifact(Kind kind, String job, DatasetName dataset, Version version, String name) {
  private static final String JOB = "_J_(?<job>.+)";

  /** What an artifact is for. */
  public enum Kind {
    STEP_HOLD("longhaul_STEP" + JOB, false),
    CURSOR_HOLD("longhaul_CURSOR" + JOB, true),
    LAST_RECEIVED_HOLD("longhaul_LAST_RECEIVED" + JOB, true),
    CURSOR("longhaul_CURSOR_G_\\d+" + JOB, true),
    TENTATIVE_CURSOR("longhaul_CURSORTENTATIVE_G_\\d+" + JOB, false);

    private final Pattern pattern;
    private final boolean lasting;

    Kind(String pattern, boolean lasting) {
      this.pattern = Pattern.compile(pattern);
      this.lasting = lasting;
    }

    boolean isBookmark() {
      return this == CURSOR || this == TENTATIVE_CURSOR;
    }

    /** Returns the text form. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Returns all of some datasets; a hold whose tag could not be listed is not among them. */
  public static List<Artifact> of(List<Dataset> datasets) {
    var found = new ArrayList<Artifact>();
    for (Dataset dataset : datasets) {
      for (Version version : dataset.versions()) {
        if (version.isSnapshot()) {
          version.tags().stream()
              .sorted()
              .forEach(tag -> read(dataset, version, tag, false).ifPresent(found::add));
        } else {
          read(dataset, version, version.name(), true).ifPresent(found::add);
        }
      }
    }
    return List.copyOf(found);
  }

  private static Optional<Artifact> read(
      Dataset dataset, Version version, String name, boolean bookmark) {
    for (Kind kind : Kind.values()) {
      Matcher matcher = kind.pattern.matcher(name);
      if (kind.isBookmark() == bookmark && matcher.matches()) {
        return Optional.of(new Artifact(kind, matcher.group("job"), dataset.name(), version, name));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns those that nothing needs any more: older than what the same job keeps for its next
   * stream. A step that runs, or was interrupted, is never older than that, except for what a clone
   * starts from that the job has not sent yet.
   *
   * @param datasets where they were found
   */
  public static List<Artifact> stale(List<Artifact> all, List<Dataset> datasets) {
    var newest = new HashMap<String, Long>();
    all.stream()
        .filter(artifact -> artifact.kind.lasting)
        .forEach(
            artifact -> newest.merge(artifact.owner(), artifact.version.createtxg(), Math::max));
    return all.stream()
        .filter(artifact -> artifact.version.createtxg() < oldestNeeded(newest, artifact))
        .filter(artifact -> !startsAClone(newest, artifact, datasets))
        .toList();
  }

  private static boolean startsAClone(
      Map<String, Long> newest, Artifact artifact, List<Dataset> datasets) {
    return artifact.kind == Kind.STEP_HOLD
        && datasets.stream()
            .filter(clone ->
                clone
                    .origin()
                    .filter(artifact.dataset.at(artifact.version.name())::equals)
                    .isPresent())
            .anyMatch(clone -> !newest.containsKey(owner(clone.name(), artifact.job)));
  }

  private static long oldestNeeded(Map<String, Long> newest, Artifact artifact) {
    return newest.getOrDefault(artifact.owner(), Long.MIN_VALUE);
  }

  private String owner() {
    return owner(dataset, job);
  }

  private static String owner(DatasetName dataset, String job) {
    return dataset + " " + job;
  }

  /** Returns the change that takes it away. */
  public ZfsChange release() {
    return kind.isBookmark()
        ? new ZfsChange.DestroyBookmark(dataset, name)
        : new ZfsChange.Release(name, List.of(dataset.at(version.name())));
  }

  /** Returns where it is, for people: the snapshot or the bookmark. */
  public String where() {
    return dataset + version.label().toString();
  }
}
