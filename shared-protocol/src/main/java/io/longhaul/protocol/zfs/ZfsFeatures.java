package io.longhaul.protocol.zfs;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one installed ZFS can do, found by asking it.
 *
 * @param version what {@code zfs version} says, such as {@code zfs-2.1.11-1}; empty if it says
 *     nothing (before 0.8, and zfs-fuse)
 * @param sendFlags the one-letter flags of {@code zfs send}
 * @param receiveFlags the one-letter flags of {@code zfs receive}
 * @param bookmarks whether it has bookmarks
 * @param resumeTokens whether a broken receive can be kept ({@code receive -s}) and gone on with
 *     ({@code send -t})
 * @param dryRunSize whether {@code send -nP} estimates the size of a stream
 */
public record ZfsFeatures(
    String version,
    Set<Character> sendFlags,
    Set<Character> receiveFlags,
    boolean bookmarks,
    boolean resumeTokens,
    boolean dryRunSize) {
  private static final Pattern VERSION = Pattern.compile("zfs-(\\d{1,4})\\.(\\d{1,4})\\b.*");

  public ZfsFeatures {
    sendFlags = Collections.unmodifiableSortedSet(new TreeSet<>(sendFlags));
    receiveFlags = Collections.unmodifiableSortedSet(new TreeSet<>(receiveFlags));
  }

  /** Returns the features that follow from a ZFS's flags. */
  static ZfsFeatures of(
      String version, Set<Character> sendFlags, Set<Character> receiveFlags, boolean bookmarks) {
    return new ZfsFeatures(
        version,
        sendFlags,
        receiveFlags,
        bookmarks,
        sendFlags.contains('t') && receiveFlags.contains('s'),
        sendFlags.contains('n') && sendFlags.contains('P'));
  }

  /**
   * Returns whether {@code receive -x} may be said without knowing what arrives: before OpenZFS 2.1
   * it fails for a volume, which has no mountpoint (openzfs#11864).
   */
  boolean leavesOutProperties() {
    Matcher release = VERSION.matcher(version);
    if (!receiveFlags.contains('x') || !release.matches()) {
      return false;
    }
    int major = Integer.parseInt(release.group(1));
    return major > 2 || (major == 2 && Integer.parseInt(release.group(2)) >= 1);
  }

  /** Returns whether it knows encryption: it came with raw sends. */
  public boolean knowsEncryption() {
    return sendFlags.contains('w');
  }

  /** Returns whether {@code zfs holds -H} works: since 0.8 at the latest, on zfs-fuse it fails. */
  boolean listsTags() {
    return !version.isEmpty();
  }

  void needSendFlag(char flag, String purpose) throws ZfsException {
    if (!sendFlags.contains(flag)) {
      throw ZfsException.unsupported(purpose, "'zfs send' has no -" + flag);
    }
  }

  void needReceiveFlag(char flag, String purpose) throws ZfsException {
    if (!receiveFlags.contains(flag)) {
      throw ZfsException.unsupported(purpose, "'zfs receive' has no -" + flag);
    }
  }

  void needBookmarks() throws ZfsException {
    if (!bookmarks) {
      throw ZfsException.unsupported("send from a bookmark", "it has no bookmarks");
    }
  }
}
