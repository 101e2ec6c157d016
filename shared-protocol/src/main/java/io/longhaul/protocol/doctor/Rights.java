package io.longhaul.protocol.doctor;

import io.longhaul.protocol.spool.Role;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an agent's user needs with each dataset, and all below it, when he is not root: exactly that
 * (zfs-allow(8); tried on OpenZFS 2.1.11).
 */
enum Rights {
  /** To send, and to keep what is being sent from being destroyed; for replication, cursors. */
  SEND("hold,release,send", "bookmark,destroy"),
  /**
   * To receive below a dataset. {@code mount} goes with {@code create}; nothing is mounted. A
   * target that was written to is rolled back by {@code -F} with these too. For replication, holds,
   * placeholders, read-only copies, and what the plan rolls back.
   */
  RECEIVE(
      "create,mount,receive",
      "canmount,destroy,hold,mountpoint,readonly,release,rollback,userprop");

  private final String stream;
  private final String replication;

  Rights(String stream, String replication) {
    this.stream = stream;
    this.replication = replication;
  }

  static Rights of(Role role) {
    return switch (role) {
      case SEND -> SEND;
      case RECEIVE -> RECEIVE;
    };
  }

  /** Returns what every stream needs. */
  SortedSet<String> forStreams() {
    return set(stream);
  }

  /** Returns what the coordinator's jobs need beside that. */
  SortedSet<String> forReplication() {
    return set(replication);
  }

  private static SortedSet<String> set(String permissions) {
    return new TreeSet<>(Arrays.asList(permissions.split(",", -1)));
  }

  /** Returns the command that grants what every stream needs. */
  String line(Login login, String dataset) {
    return line(login, stream, dataset);
  }

  /** Returns the command that grants what replication needs beside that. */
  String lineForReplication(Login login, String dataset) {
    return line(login, replication, dataset);
  }

  private static String line(Login login, String permissions, String dataset) {
    return "zfs allow %s %s %s".formatted(login.delegate(), permissions, quoted(dataset));
  }

  private static String quoted(String dataset) {
    return dataset.contains(" ") ? "'" + dataset + "'" : dataset;
  }
}
