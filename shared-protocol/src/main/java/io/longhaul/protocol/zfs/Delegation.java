package io.longhaul.protocol.zfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may do what with a dataset and all below it without being root: what {@code zfs allow
 * DATASET} says (zfs-allow(8)). Immutable.
 */
public final class Delegation {
  private static final Pattern PLACE = Pattern.compile("-+ Permissions on (.+?) -+");
  private static final Pattern GRANT =
      Pattern.compile("\\s+(?:(user|group) (.+)|(everyone)) (\\S+)");
  private static final Pattern SET = Pattern.compile("\\s+(@\\S+) (\\S+)");

  private record Grant(String kind, String name, Set<String> permissions) {
    boolean reaches(String user, Set<String> groups) {
      return switch (kind) {
        case "user" -> name.equals(user);
        case "group" -> groups.contains(name);
        default -> true;
      };
    }
  }

  private final List<Grant> here = new ArrayList<>();
  private final List<Grant> below = new ArrayList<>();
  private final Map<String, Set<String>> sets = new HashMap<>();

  private Delegation() {}

  /** Reads what {@code zfs allow} has printed for {@code dataset}; it lists those above it too. */
  static Delegation parse(DatasetName dataset, List<String> lines) {
    Delegation delegation = new Delegation();
    boolean itself = false;
    String section = "";
    for (String line : lines) {
      Matcher place = PLACE.matcher(line);
      if (place.matches()) {
        itself = place.group(1).equals(dataset.toString());
      } else if (!line.startsWith("\t") && !line.startsWith(" ")) {
        section = line.strip();
      } else {
        delegation.read(line, section, itself);
      }
    }
    return delegation;
  }

  private void read(String line, String section, boolean itself) {
    Matcher set = SET.matcher(line);
    Matcher grant = GRANT.matcher(line);
    if (section.equals("Permission sets:") && set.matches()) {
      sets.putIfAbsent(set.group(1), words(set.group(2)));
    } else if (grant.matches()) {
      String kind = grant.group(3) == null ? grant.group(1) : grant.group(3);
      Grant read = new Grant(kind, String.valueOf(grant.group(2)), words(grant.group(4)));
      switch (section) {
        case "Local permissions:" -> {
          if (itself) {
            here.add(read);
          }
        }
        case "Descendent permissions:" ->
            (itself ? List.of(below) : List.of(here, below)).forEach(to -> to.add(read));
        case "Local+Descendent permissions:" -> List.of(here, below).forEach(to -> to.add(read));
        default -> {} // create time: whoever creates a dataset may do it with that one
      }
    }
  }

  private static Set<String> words(String permissions) {
    return Set.of(permissions.split(",", -1));
  }

  /**
   * Returns what a user may do with the dataset and everything below it.
   *
   * @param groups the names of his groups
   */
  public SortedSet<String> granted(String user, Set<String> groups) {
    SortedSet<String> both = permissions(here, user, groups);
    both.retainAll(permissions(below, user, groups));
    return both;
  }

  private SortedSet<String> permissions(List<Grant> grants, String user, Set<String> groups) {
    SortedSet<String> found = new TreeSet<>();
    grants.stream()
        .filter(grant -> grant.reaches(user, groups))
        .forEach(grant -> add(grant.permissions(), found, new HashSet<>()));
    return found;
  }

  private void add(Set<String> permissions, Set<String> to, Set<String> seen) {
    for (String permission : permissions) {
      if (!permission.startsWith("@")) {
        to.add(permission);
      } else if (seen.add(permission)) {
        add(sets.getOrDefault(permission, Set.of()), to, seen);
      }
    }
  }
}
