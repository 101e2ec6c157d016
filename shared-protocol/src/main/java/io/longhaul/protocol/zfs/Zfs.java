package io.longhaul.protocol.zfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Short questions to a ZFS, changes of a closed list, and the commands that carry its streams.
 *
 * <p>Safe for use by several threads. Every call ends within the limits of its implementation; an
 * interrupt ends it at once. A {@link ZfsException} says what a person can do about it.
 */
public interface Zfs {

  /** The argument list that starts {@code zfs} here, such as {@code [sudo, zfs]}. */
  List<String> command();

  /** Finds out what this ZFS can do. */
  ZfsFeatures features() throws ZfsException, InterruptedException;

  boolean exists(DatasetName dataset) throws ZfsException, InterruptedException;

  /**
   * Returns the identity of a snapshot in decimal (unsigned 64 bits), or empty if there is no such
   * snapshot.
   */
  Optional<String> guid(SnapshotName snapshot) throws ZfsException, InterruptedException;

  /**
   * Returns the snapshots of {@code dataset} itself, not of its children, oldest first.
   *
   * @throws ZfsException with {@link ZfsError#NO_SUCH_DATASET} if there is no such dataset
   */
  List<Snapshot> snapshots(DatasetName dataset) throws ZfsException, InterruptedException;

  /**
   * Keeps snapshots from being destroyed, until {@link #release}. Does nothing to those that are
   * held under this tag already (zfs-hold(8)).
   *
   * @param tag at most 255 characters
   * @param children also the snapshots of the same name below the dataset
   */
  void hold(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException, InterruptedException;

  /**
   * Takes holds back. Does nothing where there is none of this tag, or no such snapshot.
   *
   * @param children as for {@link #hold}
   */
  void release(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException, InterruptedException;

  /**
   * Estimates the length of a stream in bytes; empty if this ZFS cannot, or not in time. The real
   * length may be larger or smaller.
   *
   * @throws ZfsException if ZFS refuses: then the send itself would most likely fail too
   */
  OptionalLong estimate(ZfsSend send, ZfsFeatures features)
      throws ZfsException, InterruptedException;

  /**
   * Returns a property's value in machine form (sizes in bytes); empty if it has none ({@code -}).
   *
   * @throws IllegalArgumentException if that cannot be the name of a property
   * @throws ZfsException with {@link ZfsError#NO_SUCH_DATASET}, or {@link ZfsError#FEATURE} if this
   *     ZFS does not know the property
   */
  Optional<String> get(DatasetName dataset, String property)
      throws ZfsException, InterruptedException;

  /**
   * Lists a dataset with all below it, and the one above it, in the order of their names; what does
   * not exist is left out. The number of processes does not depend on how many there are. A token's
   * contents are left out: only the source can read it.
   *
   * @throws ZfsException with {@link ZfsError#TOO_MUCH} if there are more than 100,000 snapshots
   *     and bookmarks
   */
  List<Dataset> datasets(DatasetName root, ZfsFeatures features)
      throws ZfsException, InterruptedException;

  /**
   * Makes changes in their order, until the first that fails. What is done already is as good as
   * done now.
   */
  ChangeResult change(List<ZfsChange> changes, ZfsFeatures features) throws InterruptedException;

  /**
   * Returns what a resume token says; empty if this ZFS cannot read it, or if it was made to
   * deceive. That what it names is there, is not said.
   */
  Optional<PartialReceive.Contents> contents(ResumeToken token, ZfsFeatures features)
      throws ZfsException, InterruptedException;

  /**
   * Returns the whole command of a send, to be started with {@code LC_ALL=C}.
   *
   * @throws ZfsException with {@link ZfsError#FEATURE} if {@code features} lack what it needs
   */
  default List<String> sendCommand(ZfsSend send, ZfsFeatures features) throws ZfsException {
    return afterCommand(send.arguments(features));
  }

  /**
   * Returns the whole command of a receive, to be started with {@code LC_ALL=C}.
   *
   * @throws ZfsException with {@link ZfsError#FEATURE} if {@code features} lack what it needs
   */
  default List<String> receiveCommand(ZfsReceive receive, ZfsFeatures features)
      throws ZfsException {
    return afterCommand(receive.arguments(features));
  }

  private List<String> afterCommand(List<String> arguments) {
    var whole = new ArrayList<>(command());
    whole.addAll(arguments);
    return List.copyOf(whole);
  }
}
