package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One {@code zfs receive}, in the only form in which it can be asked for: no other flag can be
 * said.
 *
 * @param target the dataset that receives; the stream itself names the snapshot
 * @param force {@code -F}: roll the target back, and for a replication stream destroy what the
 *     source has not
 * @param mounted without {@code -u}: mount what was received. A failed mount would fail a receive
 *     whose data has arrived, and a mounted target can be written to
 * @param resumable {@code -s}: keep what has arrived of a stream that breaks
 * @param origin {@code -o origin=}: what the received clone is a clone of
 * @param set {@code -o}: properties that the target gets
 * @param inherit {@code -x}: properties that the target has from its parent, whatever the stream
 *     says; to these {@link #LEFT_OUT} is added
 */
public record ZfsReceive(
    DatasetName target,
    boolean force,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean mounted,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean resumable,
    Optional<SnapshotName> origin,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, String> set,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedSet<String> inherit) {
  /**
   * What a stream with properties may not decide here: where and whether the dataset is mounted or
   * shared, and whether its programs run, and as whom. The target has its parent's values, or those
   * that were set on it here.
   */
  public static final List<String> LEFT_OUT =
      List.of("mountpoint", "canmount", "setuid", "devices", "exec", "sharenfs", "sharesmb");

  /**
   * @throws IllegalArgumentException if a property or value is not in the closed list of those that
   *     may be asked for, or a property is both set and inherited
   */
  public ZfsReceive {
    Objects.requireNonNull(target, "target"); // it may come from JSON
    set = Collections.unmodifiableSortedMap(new TreeMap<>(set));
    inherit = Collections.unmodifiableSortedSet(new TreeSet<>(inherit));
    checkProperties(set, inherit);
    if (force && origin.isPresent()) {
      throw new IllegalArgumentException(
          "Tried to receive into " + target + " but a clone (-o origin) replaces nothing (-F)");
    }
  }

  /**
   * Checks what a target is to be given.
   *
   * @param set property to value
   * @param inherit properties that it is to have from its parent
   * @throws IllegalArgumentException if a property or value is not in the closed list of those that
   *     may be asked for, or a property is both set and inherited
   */
  public static void checkProperties(Map<String, String> set, Set<String> inherit) {
    set.forEach(PropertyRules::checkSet);
    inherit.forEach(PropertyRules::checkInherit);
    for (String property : inherit) {
      if (set.containsKey(property)) {
        throw new IllegalArgumentException(
            "Tried to receive into a target but " + property + " is to be set and inherited");
      }
    }
  }

  /** The receive to use unless somebody asked for more: nothing is rolled back or mounted. */
  public static ZfsReceive into(DatasetName target) {
    return new ZfsReceive(
        target, false, false, false, Optional.empty(), new TreeMap<>(), new TreeSet<>());
  }

  /** Returns the same with or without {@code -F}. */
  public ZfsReceive forced(boolean force) {
    return new ZfsReceive(target, force, mounted, resumable, origin, set, inherit);
  }

  /**
   * Returns what follows {@code zfs} on the command line, beginning with {@code receive}.
   *
   * @throws ZfsException with {@link ZfsError#FEATURE} if this ZFS has not got a flag; but {@code
   *     -u} is left out where there is none
   */
  public List<String> arguments(ZfsFeatures features) throws ZfsException {
    var arguments = new ArrayList<String>();
    arguments.add("receive");
    if (resumable) {
      features.needReceiveFlag('s', "keep what arrives of a stream that breaks");
      arguments.add("-s");
    }
    if (!mounted && features.receiveFlags().contains('u')) {
      arguments.add("-u");
    }
    if (force) {
      features.needReceiveFlag('F', "roll back a target");
      arguments.add("-F");
    }
    addProperties(arguments, features);
    arguments.add(target.toString());
    return List.copyOf(arguments);
  }

  private void addProperties(List<String> arguments, ZfsFeatures features) throws ZfsException {
    if (origin.isPresent() || !set.isEmpty()) {
      features.needReceiveFlag('o', "set properties while receiving");
    }
    origin.ifPresent(snapshot -> arguments.addAll(List.of("-o", "origin=" + snapshot)));
    for (Map.Entry<String, String> property : set.entrySet()) {
      arguments.addAll(List.of("-o", property.getKey() + "=" + property.getValue()));
    }
    if (!inherit.isEmpty()) {
      features.needReceiveFlag('x', "leave properties of a stream out");
    }
    inherit.forEach(property -> arguments.addAll(List.of("-x", property)));
    if (features.leavesOutProperties()) {
      for (String property : LEFT_OUT) {
        if (!set.containsKey(property) && !inherit.contains(property)) {
          arguments.addAll(List.of("-x", property));
        }
      }
    }
  }
}
