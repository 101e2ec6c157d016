package io.longhaul.protocol.zfs;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The properties that may be asked for on a target, and their values: a closed list. Where and
 * whether a dataset is mounted or shared, and whether its programs run, can only be made safer.
 */
final class PropertyRules {
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
  private static final Pattern OFF = Pattern.compile("off");
  private static final Pattern SWITCH = Pattern.compile("on|off");

  private static final Map<String, Pattern> SAFER =
      Map.of(
          "canmount", Pattern.compile("off|noauto"),
          "devices", OFF,
          "exec", OFF,
          "mountpoint", Pattern.compile("none|legacy"),
          "setuid", OFF,
          "sharenfs", OFF,
          "sharesmb", OFF);

  private static final Map<String, Pattern> SETTABLE =
      Stream.concat(
              SAFER.entrySet().stream(),
              Map.ofEntries(
                  Map.entry("acltype", VALUE),
                  Map.entry("atime", SWITCH),
                  Map.entry("checksum", VALUE),
                  Map.entry("com.sun:auto-snapshot", VALUE),
                  Map.entry("compression", VALUE),
                  Map.entry("copies", VALUE),
                  Map.entry("dedup", VALUE),
                  Map.entry("logbias", VALUE),
                  Map.entry("primarycache", VALUE),
                  Map.entry("quota", VALUE),
                  Map.entry("readonly", SWITCH),
                  Map.entry("recordsize", VALUE),
                  Map.entry("redundant_metadata", VALUE),
                  Map.entry("refquota", VALUE),
                  Map.entry("refreservation", VALUE),
                  Map.entry("relatime", SWITCH),
                  Map.entry("reservation", VALUE),
                  Map.entry("secondarycache", VALUE),
                  Map.entry("snapdir", VALUE),
                  Map.entry("snapdev", VALUE),
                  Map.entry("special_small_blocks", VALUE),
                  Map.entry("sync", VALUE),
                  Map.entry("volmode", VALUE),
                  Map.entry("xattr", VALUE))
                  .entrySet()
                  .stream())
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  /** What only {@code -x} may say. */
  private static final Set<String> INHERITABLE = Set.of("encryption");

  private PropertyRules() {}

  /**
   * @throws IllegalArgumentException if a target may not be given this property, or this value
   */
  static void checkSet(String property, String value) {
    Pattern values = SETTABLE.get(property);
    if (values == null) {
      throw new IllegalArgumentException(
          "Tried to set the property '"
              + property
              + "' but only these can be set: "
              + String.join(", ", new TreeSet<>(SETTABLE.keySet())));
    }
    if (!values.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "Tried to set '%s=%s' but its value must be %s"
              .formatted(property, value, values == VALUE ? "one word" : values));
    }
  }

  /**
   * @throws IllegalArgumentException if it cannot be asked that a target inherits this property
   */
  static void checkInherit(String property) {
    if (!SETTABLE.containsKey(property) && !INHERITABLE.contains(property)) {
      Set<String> known = new TreeSet<>(SETTABLE.keySet());
      known.addAll(INHERITABLE);
      throw new IllegalArgumentException(
          "Tried to inherit the property '"
              + property
              + "' but only these can be inherited: "
              + String.join(", ", known));
    }
  }
}
