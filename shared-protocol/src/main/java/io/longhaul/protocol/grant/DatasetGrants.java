package io.longhaul.protocol.grant;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.Optional;

/** What an agent's configuration lets whom know of datasets, and change. Thread-safe. */
public interface DatasetGrants {
  /**
   * Returns the rule that keeps {@code asker} from listing a tree; empty if he may know of
   * something in it.
   *
   * @param reader whose grant counts beside his own, where there are readers
   */
  Optional<String> objection(Identity asker, Optional<String> reader, DatasetName root);

  /** Returns what {@code asker} may know of a dataset; empty if not even that it is there. */
  Optional<Dataset> shown(Identity asker, Optional<String> reader, Dataset dataset);

  /** Returns the rule that keeps {@code asker} from a change; empty if it is granted. */
  Optional<String> objection(Identity asker, Optional<String> reader, ZfsChange change);
}
