package io.longhaul.receiver.pull;

/** What a sender answers to a request for a range of a chunk. */
sealed interface ChunkReply {
  /** The body holds exactly the range that was asked for. Close it. */
  record Partial(ChunkBody body) implements ChunkReply {}

  /**
   * The sender's chunk has another length or entity tag than its record said.
   *
   * @param why what was asked and answered
   */
  record Unlike(String why) implements ChunkReply {}
}
