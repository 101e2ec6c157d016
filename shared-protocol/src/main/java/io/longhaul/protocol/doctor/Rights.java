package io.longhaul.protocol.doctor;

import io.longhaul.protocol.spool.Role;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an agent's user needs with each dataset, and all below it, when he is not root: exactly that
 * (zfs-allow(8); tried on OpenZFS 2.1.11).
 */
enum Rights {
  /** To send, and to keep what is being sent from being destroyed. */
  SEND("hold,release,send"),
  /**
   * To receive below a dataset. {@code mount} goes with {@code create}; nothing is mounted. A
   * target that was written to is rolled back by {@code -F} with these too.
   */
  RECEIVE("create,mount,receive");

  private final String permissions;

  Rights(String permissions) {
    this.permissions = permissions;
  }

  static Rights of(Role role) {
    return switch (role) {
      case SEND -> SEND;
      case RECEIVE -> RECEIVE;
    };
  }

  SortedSet<String> permissions() {
    return new TreeSet<>(List.of(permissions.split(",", -1)));
  }

  /** Returns the command that grants them. */
  String line(Login login, String dataset) {
    return "zfs allow %s %s %s".formatted(login.delegate(), permissions, quoted(dataset));
  }

  private static String quoted(String dataset) {
    return dataset.contains(" ") ? "'" + dataset + "'" : dataset;
  }
}
