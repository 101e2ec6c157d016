package io.longhaul.protocol.wire;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import java.util.List;
import java.util.Optional;

/**
 * The answer to {@code GET /v1/sends/{id}/manifest?from=N}.
 *
 * @param chunks consecutive records from the number asked for; may be empty; a record of another
 *     type, told by a newer peer, is passed over
 * @param end the end record, if {@code chunks} reaches up to it
 * @param status how the sender itself stands, so that its reader never takes a working sender for a
 *     dead one
 */
public record ManifestPage(
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Void.class)
        @JsonSubTypes(@JsonSubTypes.Type(value = ChunkRecord.class, name = "chunk"))
        @JsonSetter(contentNulls = Nulls.SKIP)
        List<ChunkRecord> chunks,
    Optional<EndRecord> end,
    SendStatus status) {}
