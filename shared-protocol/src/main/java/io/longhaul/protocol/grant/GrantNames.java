package io.longhaul.protocol.grant;

import io.longhaul.protocol.auth.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks whom a {@code grants} section names. */
public final class GrantNames {
  private GrantNames() {}

  /**
   * Returns every fault.
   *
   * @param identities of the grants, in their order
   * @param known all identities that may come
   */
  public static List<String> problems(List<String> identities, Set<String> known) {
    List<String> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String identity : identities) {
      if (!known.contains(identity)) {
        problems.add(
            "grants.identity: nobody can come as '" + identity + "', only " + new TreeSet<>(known));
      }
      if (!seen.add(identity)) {
        problems.add("grants.identity: '" + identity + "' is there twice");
      }
    }
    return problems;
  }

  /** Returns what an administrator should know of a configuration without grants. */
  public static Optional<String> warning(boolean hasGrants, Set<String> known) {
    return hasGrants || known.equals(Set.of(Identity.LOCAL.name()))
        ? Optional.empty()
        : Optional.of("there is no grants section: nobody may have anything transferred");
  }
}
