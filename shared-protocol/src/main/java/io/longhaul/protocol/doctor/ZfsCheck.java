package io.longhaul.protocol.doctor;

import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsCli;
import io.longhaul.protocol.zfs.ZfsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whether ZFS works here, and whether this user may do with it what the agent does. */
final class ZfsCheck {
  private static final String CHECK = "zfs";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String MOUNTPOINT = "mountpoint";

  /** What a received dataset should find at its parent. */
  private static final Map<String, String> SAFE =
      new TreeMap<>(Map.of("setuid", "off", "devices", "off", "exec", "off", MOUNTPOINT, "none"));

  private final ZfsCli zfs;
  private final Rights rights;
  private final Login login;

  /**
   * @param rights what the agent needs
   */
  ZfsCheck(List<String> command, Rights rights, Login login) {
    this.zfs = new ZfsCli(command, LIMIT, LIMIT);
    this.rights = rights;
    this.login = login;
  }

  /**
   * Looks at ZFS and these datasets.
   *
   * @param roots where the agent's configuration has it read or write
   */
  List<Finding> look(SortedSet<DatasetName> roots) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Finding tool = tool(!roots.isEmpty());
    findings.add(tool);
    if (tool.verdict() != Verdict.OK) {
      return findings;
    }
    if (roots.isEmpty()) {
      findings.add(
          Finding.warn(
              "zfs allow",
              "the configuration names no dataset to check",
              "name them: doctor tank/vm …; each needs: " + rights.line(login, "DATASET")));
    }
    for (DatasetName root : roots) {
      findings.addAll(look(root));
    }
    return findings;
  }

  private Finding tool(boolean needed) throws InterruptedException {
    String program = String.join(" ", zfs.command());
    if (Command.of(zfs.command()).executable().isEmpty()) {
      String text = "there is no '" + zfs.command().getFirst() + "' here";
      return needed
          ? Finding.fail(CHECK, text, "install ZFS, or correct zfs.command")
          : Finding.warn(CHECK, text + ": datasets cannot be carried", "install ZFS");
    }
    try {
      String version = zfs.features().version();
      return Finding.ok(
          CHECK, "'" + program + "' is " + (version.isEmpty() ? "of an unnamed version" : version));
    } catch (ZfsException e) {
      return Finding.of(CHECK, needed ? Verdict.FAIL : Verdict.WARN, e.getMessage());
    }
  }

  private List<Finding> look(DatasetName root) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    String check = "zfs allow " + root;
    try {
      if (!zfs.exists(root)) {
        return List.of(
            Finding.fail(
                check,
                "there is no such dataset, but the configuration grants it",
                rights == Rights.RECEIVE
                    ? "run: zfs create -o canmount=off" + safe(SAFE) + " " + root
                    : "correct grants, or make it"));
      }
      findings.addAll(allowed(root, check));
      if (rights == Rights.RECEIVE) {
        findings.add(properties(root, values(root)));
      }
    } catch (ZfsException e) {
      findings.add(Finding.of(check, Verdict.FAIL, e.getMessage()));
    }
    return findings;
  }

  private List<Finding> allowed(DatasetName root, String check) throws InterruptedException {
    String line = rights.line(login, root.toString());
    String more = rights.lineForReplication(login, root.toString());
    if (zfs.command().size() > 1) {
      return List.of(
          Finding.ok(
              check, "not asked for: zfs is run by '" + String.join(" ", zfs.command()) + "'"));
    }
    if (login.isRoot()) {
      return List.of(
          Finding.ok(
              check,
              "root needs none; '%s' would need: %s; for replication also: %s"
                  .formatted(login.delegate(), line, more)));
    }
    try {
      SortedSet<String> granted = zfs.delegation(root).granted(login.name(), login.groups());
      return List.of(forStreams(check, granted, line), forReplication(root, granted, more));
    } catch (ZfsException e) {
      return List.of(
          Finding.warn(
              check,
              "cannot be read here",
              "what is needed is: " + line + "; for replication also: " + more));
    }
  }

  private Finding forStreams(String check, SortedSet<String> granted, String line) {
    SortedSet<String> missing = without(rights.forStreams(), granted);
    if (!missing.isEmpty()) {
      return Finding.fail(
          check, login.name() + " lacks " + String.join(", ", missing), "as root run: " + line);
    }
    SortedSet<String> more =
        without(without(granted, rights.forStreams()), rights.forReplication());
    return Finding.ok(
        check,
        more.isEmpty()
            ? "as with: " + line
            : "as with: " + line + " (and more than that: " + String.join(", ", more) + ")");
  }

  /* Who never replicates does without, so it is not a failure. */
  private Finding forReplication(DatasetName root, SortedSet<String> granted, String line) {
    String check = "replication " + root;
    SortedSet<String> missing = without(rights.forReplication(), granted);
    return missing.isEmpty()
        ? Finding.ok(check, "as with: " + line)
        : Finding.warn(
            check,
            "for jobs of the coordinator %s lacks %s"
                .formatted(login.name(), String.join(", ", missing)),
            "as root run: " + line);
  }

  private static SortedSet<String> without(SortedSet<String> all, SortedSet<String> some) {
    SortedSet<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  private Map<String, String> values(DatasetName root) throws ZfsException, InterruptedException {
    Map<String, String> values = new TreeMap<>();
    for (String property : SAFE.keySet()) {
      Optional<String> value = zfs.get(root, property);
      value.ifPresent(found -> values.put(property, found));
    }
    return values;
  }

  /** Judges what a dataset hands down to those that are received below it. */
  static Finding properties(DatasetName root, Map<String, String> values) {
    Map<String, String> unsafe = new TreeMap<>(values);
    unsafe.entrySet().removeIf(value -> value.getValue().equals(SAFE.get(value.getKey())));
    String check = "properties of " + root;
    if (unsafe.isEmpty()) {
      return Finding.ok(check, "what is received there is not mounted, and runs nothing");
    }
    Map<String, String> wanted = new TreeMap<>(SAFE);
    wanted.keySet().retainAll(unsafe.keySet());
    return Finding.warn(
        check,
        "what is received there inherits"
            + written(" ", unsafe)
            + (unsafe.containsKey(MOUNTPOINT) ? ", so the next boot mounts it" : ""),
        "run: zfs set" + written(" ", wanted) + " " + root);
  }

  private static String safe(Map<String, String> values) {
    return written(" -o ", values);
  }

  private static String written(String before, Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(before).append(key).append('=').append(value));
    return text.toString();
  }
}
