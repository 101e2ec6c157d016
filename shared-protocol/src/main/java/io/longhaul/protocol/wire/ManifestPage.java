package io.longhaul.protocol.wire;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import java.util.List;
import java.util.Optional;

/**
 * The answer to {@code GET /v1/sends/{id}/manifest?from=N}.
 *
 * @param chunks consecutive records from the number asked for; may be empty
 * @param end the end record, if {@code chunks} reaches up to it
 * @param status how the sender itself stands, so that its reader never takes a working sender for a
 *     dead one
 */
public record ManifestPage(List<ChunkRecord> chunks, Optional<EndRecord> end, SendStatus status) {}
