package io.longhaul.protocol.wire;

import io.longhaul.protocol.failure.Failure;

/**
 * The body of {@code POST …/abort}.
 *
 * @param failure why the session is ended; kind {@code aborted} when a person wants it
 */
public record Abort(Failure failure) {}
