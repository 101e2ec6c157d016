package io.longhaul.sender.grant;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The flags of {@code zfs send} that need a grant. */
public enum SendFlag {
  /** {@code -R}: child datasets, their snapshots and properties too. */
  @JsonProperty("-R")
  REPLICATE
}
