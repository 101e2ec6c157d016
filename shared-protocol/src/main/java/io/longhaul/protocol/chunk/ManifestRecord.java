package io.longhaul.protocol.chunk;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** One line of a manifest. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = HeaderRecord.class, name = "header"),
  @JsonSubTypes.Type(value = ChunkRecord.class, name = "chunk"),
  @JsonSubTypes.Type(value = AttemptRecord.class, name = "attempt"),
  @JsonSubTypes.Type(value = EndRecord.class, name = "end")
})
public sealed interface ManifestRecord permits HeaderRecord, ChunkRecord, AttemptRecord, EndRecord {
  /** The line format that this build writes; it also reads the one before it. */
  int FORMAT = 1;
}
