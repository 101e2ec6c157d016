package io.longhaul.protocol.wire;

/**
 * The body of {@code POST …/pause}.
 *
 * @param reason why, for people
 */
public record PauseRequest(String reason) {}
