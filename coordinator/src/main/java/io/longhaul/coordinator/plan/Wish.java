package io.longhaul.coordinator.plan;

import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.zfs.SendBase;
import java.util.Map;
import java.util.Optional;

/**
 * What the user asks {@code start} to do.
 *
 * @param source where the stream comes from
 * @param target where it goes
 * @param base what an incremental ZFS stream starts from
 * @param intermediates all snapshots between base and source
 * @param replicate child datasets, their snapshots and properties too
 * @param raw blocks as they are on disk, encrypted ones too
 * @param force roll the target back to its newest snapshot first
 * @param chunkBytes the size of a full chunk
 * @param digests which digests to take of each chunk
 * @param limits how long the session may stand still
 * @param labels notes that the agents keep
 */
public record Wish(
    Endpoint source,
    Endpoint target,
    Optional<SendBase> base,
    boolean intermediates,
    boolean replicate,
    boolean raw,
    boolean force,
    long chunkBytes,
    DigestChoice digests,
    SessionLimits limits,
    Map<String, String> labels) {}
