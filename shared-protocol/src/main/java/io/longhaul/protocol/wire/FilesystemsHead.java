package io.longhaul.protocol.wire;

import io.longhaul.protocol.zfs.ZfsFeatures;

/**
 * The first line of what {@code GET /v1/filesystems} answers; each other is a {@link
 * io.longhaul.protocol.zfs.Dataset}, in the order of their names.
 *
 * @param zfs what the agent's ZFS can do
 * @param datasets how many lines follow
 */
public record FilesystemsHead(ZfsFeatures zfs, int datasets) {
  /** The media type of the answer. */
  public static final String MEDIA_TYPE = "application/jsonl";
}
