package io.longhaul.protocol.spool;

import io.longhaul.protocol.failure.Failure;

/**
 * What an agent tells its pump: end the child as a failed stream is ended, for this reason.
 *
 * @param end why
 */
public record Control(Failure end) {}
