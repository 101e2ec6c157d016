package io.longhaul.receiver.pull;

import io.longhaul.protocol.wire.SendStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * How far a puller has come.
 *
 * @param verifiedTo one past the last chunk up to which all are verified and in the manifest
 * @param verifiedBytes the stream bytes up to there
 * @param sender the last status that the sender told, if it was heard of since the puller was made
 * @param sinceContact the time since anything came from the sender, if it did since the puller was
 *     made
 * @param sinceProgress the time since a byte of a chunk came or a chunk was verified, if it did
 */
public record Progress(
    long verifiedTo,
    long verifiedBytes,
    Optional<SendStatus> sender,
    Optional<Duration> sinceContact,
    Optional<Duration> sinceProgress) {}
