package io.longhaul.receiver.grant;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The flags of {@code zfs receive} that need a grant. */
public enum ReceiveFlag {
  /** {@code -F}: roll the target back, and destroy what a replication stream has not. */
  @JsonProperty("-F")
  FORCE
}
