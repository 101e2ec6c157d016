package io.longhaul.protocol.spool;

import io.longhaul.protocol.failure.Failure;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a pump's child ended.
 *
 * @param exit its exit status, if it was started and has ended
 * @param failure why the stream did not get through this pump; empty if it did
 * @param stderrTail the last that the child said
 */
public record Outcome(OptionalInt exit, Optional<Failure> failure, String stderrTail) {}
