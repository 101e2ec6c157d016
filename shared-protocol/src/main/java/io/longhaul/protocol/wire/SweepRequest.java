package io.longhaul.protocol.wire;

/**
 * The body of {@code POST /v1/sweep}.
 *
 * @param dryRun only tell, delete nothing
 */
public record SweepRequest(boolean dryRun) {}
