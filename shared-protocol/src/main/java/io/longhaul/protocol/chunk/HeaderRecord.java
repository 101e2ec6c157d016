package io.longhaul.protocol.chunk;

import io.longhaul.protocol.SessionId;

/**
 * The first line of a manifest.
 *
 * @param session the session it belongs to
 * @param format the version of the line format, {@link ManifestRecord#FORMAT} in this build
 */
public record HeaderRecord(SessionId session, int format) implements ManifestRecord {}
