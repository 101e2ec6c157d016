package io.longhaul.protocol.zfs;

/**
 * A snapshot that exists.
 *
 * @param guid its identity in decimal, unsigned 64 bits: the received copy has the same one
 * @param createtxg the transaction group it was made in: the order of the snapshots of one pool
 */
public record Snapshot(SnapshotName name, String guid, long createtxg) {}
