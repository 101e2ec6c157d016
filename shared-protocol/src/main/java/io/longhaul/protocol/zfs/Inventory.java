package io.longhaul.protocol.zfs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts datasets together from what {@code zfs get -Hp -o name,property,value} prints, line by line;
 * only what comes out of it is kept. Used by one thread.
 */
final class Inventory {
  /** What one tree may have: each takes about 200 bytes, and as much again on its way. */
  static final int MOST_VERSIONS = 100_000;

  private static final String NO_VALUE = "-";

  private final ZfsFeatures features;
  private final Map<DatasetName, Facts> datasets = new HashMap<>();
  private final Map<String, String> names = new HashMap<>(); // the same on many datasets
  private final Map<String, String> properties = new HashMap<>();
  private String object = "";
  private int versions;
  private @Nullable String fault;

  Inventory(ZfsFeatures features) {
    this.features = features;
  }

  /** What was found of one dataset. */
  private static final class Facts {
    private Dataset.Kind kind = Dataset.Kind.FILESYSTEM;
    private Optional<SnapshotName> origin = Optional.empty();
    private Optional<Dataset.Encryption> encryption = Optional.empty();
    private boolean placeholder;
    private long written;
    private Optional<PartialReceive> partial = Optional.empty();
    private final List<Version> versions = new ArrayList<>();
  }

  /** Returns what to ask of a dataset; what this ZFS has not got would fail the whole command. */
  static List<String> ofDatasets(ZfsFeatures features) {
    var asked = new ArrayList<>(List.of("type", "origin"));
    asked.add(written(features));
    if (features.knowsEncryption()) {
      asked.add("encryptionroot");
      asked.add("keystatus");
    }
    if (features.resumeTokens()) {
      asked.add("receive_resume_token");
    }
    return asked;
  }

  /** Returns what to ask of a snapshot or bookmark. */
  static List<String> ofVersions(ZfsFeatures features) {
    var asked = new ArrayList<>(List.of("guid", "createtxg", "creation", "userrefs"));
    if (features.bookmarks()) {
      asked.add("clones");
    }
    if (features.knowsEncryption()) {
      asked.add("ivsetguid"); // hidden
    }
    return asked;
  }

  /** The older one is hidden: what the dataset has and its newest snapshot has not. */
  private static String written(ZfsFeatures features) {
    return features.bookmarks() ? "written" : "unique";
  }

  /** Takes a line of the listing. */
  void line(String line) {
    String[] fields = line.split("\t", -1);
    if (fault != null) {
      return;
    }
    if (fields.length != 3) {
      fault = line;
      return;
    }
    if (!fields[0].equals(object)) {
      finish();
      object = fields[0];
    }
    if (properties.put(fields[1], fields[2]) != null) {
      fault = line;
    }
  }

  private void finish() {
    if (object.isEmpty() || fault != null) {
      return;
    }
    try {
      take();
    } catch (IllegalArgumentException e) {
      fault = object + " " + properties;
    }
    properties.clear();
    object = "";
  }

  private void take() {
    int mark = Math.max(object.indexOf('@'), object.indexOf('#'));
    if (mark < 0) {
      dataset(datasets.computeIfAbsent(DatasetName.parse(object), _ -> new Facts()));
      return;
    }
    Facts facts = datasets.get(DatasetName.parse(object.substring(0, mark)));
    if (facts == null) {
      return; // it came when the datasets had been listed
    }
    versions++;
    if (versions <= MOST_VERSIONS) {
      facts.versions.add(version(object.substring(mark)));
    }
  }

  private void dataset(Facts facts) {
    facts.kind = value("type").equals("volume") ? Dataset.Kind.VOLUME : Dataset.Kind.FILESYSTEM;
    facts.origin = optional("origin").map(SnapshotName::parse);
    facts.written = number(written(features));
    facts.partial =
        optional("receive_resume_token")
            .map(token -> new PartialReceive(new ResumeToken(token), Optional.empty()));
    boolean loaded = optional("keystatus").filter("available"::equals).isPresent();
    facts.encryption =
        optional("encryptionroot")
            .map(root -> new Dataset.Encryption(DatasetName.parse(root), loaded));
  }

  private Version version(String label) {
    SendBase parsed = SendBase.parse(label);
    return new Version(
        new SendBase(parsed.kind(), names.computeIfAbsent(parsed.name(), name -> name)),
        Long.toUnsignedString(Long.parseUnsignedLong(value("guid"))),
        number("createtxg"),
        Instant.ofEpochSecond(number("creation")),
        Math.toIntExact(optional("userrefs").map(Long::parseLong).orElse(0L)),
        Set.of(),
        clones(),
        optional("ivsetguid").filter(guid -> !guid.equals("0")));
  }

  /**
   * Some are ZFS's own, such as that of a partial receive: no name that we know has a {@code %}.
   */
  private Set<DatasetName> clones() {
    Optional<String> clones = optional("clones").filter(names -> !names.isEmpty());
    if (clones.isEmpty()) {
      return Set.of();
    }
    var found = new HashSet<DatasetName>();
    Stream.of(clones.get().split(",", -1))
        .filter(name -> !name.contains("%"))
        .map(DatasetName::parse)
        .forEach(found::add);
    return found;
  }

  private String value(String property) {
    return optional(property)
        .orElseThrow(() -> new IllegalArgumentException(object + " has no " + property));
  }

  private long number(String property) {
    return optional(property).map(Long::parseUnsignedLong).orElse(0L);
  }

  private Optional<String> optional(String property) {
    return Optional.ofNullable(properties.get(property)).filter(value -> !value.equals(NO_VALUE));
  }

  /** Ends a listing; returns what of it was not understood. */
  Optional<String> fault() {
    finish();
    return Optional.ofNullable(fault);
  }

  boolean isTooMuch() {
    return versions > MOST_VERSIONS;
  }

  /** Marks the datasets that are placeholders. */
  void placeholders(Collection<String> marked) {
    datasets.forEach((name, facts) -> facts.placeholder = marked.contains(name.name()));
  }

  /** Returns the snapshots that are held. */
  List<SnapshotName> held() {
    var held = new ArrayList<SnapshotName>();
    datasets.forEach((name, facts) ->
        facts.versions.stream()
            .filter(version -> version.holds() > 0)
            .forEach(version -> held.add(name.at(version.name()))));
    return held;
  }

  /** Returns what was found, in the order of names, with the tags of the holds. */
  List<Dataset> datasets(Map<String, Set<String>> tags) {
    var found = new ArrayList<Dataset>();
    datasets.forEach((name, facts) -> {
      facts.versions.replaceAll(version -> {
        Set<String> held =
            version.holds() == 0 ? null : tags.get(name + version.label().toString());
        return held == null ? version : version.withTags(held);
      });
      found.add(
          new Dataset(
              name,
              facts.kind,
              facts.origin,
              facts.encryption,
              facts.placeholder,
              facts.written,
              facts.partial,
              facts.versions));
    });
    found.sort(Comparator.comparing(Dataset::name, DatasetName.IN_ORDER));
    return found;
  }
}
