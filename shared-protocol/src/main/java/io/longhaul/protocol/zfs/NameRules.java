package io.longhaul.protocol.zfs;

/**
 * The rules that OpenZFS has for names of pools, datasets, snapshots and bookmarks.
 *
 * <p>From {@code module/zcommon/zfs_namecheck.c} (characters, components, length, nesting) and
 * {@code zpool_name_valid} in {@code lib/libzfs/libzfs_pool.c} (reserved pool names). Two of our
 * own: {@code %} is refused, because OpenZFS keeps it for its internal clones, and so is the
 * component {@code .} or {@code ..} before an {@code @}, where no dataset can have that name.
 */
final class NameRules {

  private static final int NAME_LIMIT = 256;
  private static final int NESTING_LIMIT = 50;

  /** A pool must leave room for {@code pool/$ORIGIN@$ORIGIN}. */
  private static final int POOL_LIMIT = NAME_LIMIT - "/@".length() - 2 * "$ORIGIN".length();

  private NameRules() {}

  /** Throws unless {@code name} can be the name of a filesystem or volume. */
  static void checkDataset(String name) {
    checkLength(name, "dataset");
    if (name.startsWith("/")) {
      throw refused("dataset", name, "it begins with a slash");
    }
    if (name.endsWith("/")) {
      throw refused("dataset", name, "it ends with a slash");
    }
    String[] components = name.split("/", -1);
    if (components.length > NESTING_LIMIT) {
      throw refused(
          "dataset",
          name,
          "it has %d slashes and ZFS nests less than %d deep"
              .formatted(components.length - 1, NESTING_LIMIT));
    }
    for (String component : components) {
      checkComponent(component, "dataset", name);
    }
    checkPool(components[0], name);
  }

  /**
   * Throws unless {@code component} can stand alone between two slashes, or after {@code @} or
   * {@code #}.
   */
  static void checkComponent(String component, String kind, String whole) {
    if (component.isEmpty()) {
      throw refused(kind, whole, "a component is empty");
    }
    if (component.equals(".") || component.equals("..")) {
      throw refused(kind, whole, "a component is '%s'".formatted(component));
    }
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      if (!isAllowed(c)) {
        throw refused(
            kind,
            whole,
            "'%c' (U+%04X) is not allowed; use letters, digits, '-', '_', '.', ':' and space"
                .formatted(c, (int) c));
      }
    }
  }

  static void checkLength(String whole, String kind) {
    if (whole.length() >= NAME_LIMIT) {
      throw refused(
          kind,
          whole,
          "it has %d characters and ZFS allows at most %d"
              .formatted(whole.length(), NAME_LIMIT - 1));
    }
  }

  static IllegalArgumentException refused(String kind, String name, String reason) {
    return new IllegalArgumentException(
        "Tried to use '%s' as the name of a %s but %s".formatted(name, kind, reason));
  }

  private static void checkPool(String pool, String whole) {
    if (!isLetter(pool.charAt(0))) {
      throw refused("dataset", whole, "its pool does not begin with a letter");
    }
    if (pool.length() >= POOL_LIMIT) {
      throw refused(
          "dataset",
          whole,
          "its pool has %d characters and ZFS allows at most %d"
              .formatted(pool.length(), POOL_LIMIT - 1));
    }
    if (isReserved(pool)) {
      throw refused("dataset", whole, "no pool can have the reserved name '%s'".formatted(pool));
    }
  }

  private static boolean isReserved(String pool) {
    return pool.startsWith("mirror")
        || pool.startsWith("raidz")
        || pool.startsWith("draid")
        || pool.startsWith("spare")
        || pool.equals("log");
  }

  private static boolean isAllowed(char c) {
    return isLetter(c) || (c >= '0' && c <= '9') || "-_.: ".indexOf(c) >= 0;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
