package io.longhaul.protocol.zfs;

import java.util.Optional;

/**
 * What an interrupted {@code zfs receive -s} left on the target.
 *
 * @param token {@code receive_resume_token}. It comes from the other side: it is to be believed
 *     only as far as the source's own facts confirm it
 * @param contents what {@code zfs send -nvt} reads from it on the source; empty if that cannot read
 *     it
 */
public record PartialReceive(ResumeToken token, Optional<Contents> contents) {

  /**
   * What a token says.
   *
   * @param toName the snapshot that was being sent, by the name it had then
   * @param toGuid its identity in decimal
   * @param fromGuid identity of the base; empty for a full stream
   * @param raw whether it is encrypted as on disk (-w)
   * @param compressed whether its stream is compressed (-c)
   * @param largeBlocks whether it has large blocks (-L)
   * @param embedded whether it has embedded blocks (-e)
   * @param bytes how much of the stream has arrived
   */
  public record Contents(
      String toName,
      String toGuid,
      Optional<String> fromGuid,
      boolean raw,
      boolean compressed,
      boolean largeBlocks,
      boolean embedded,
      long bytes) {}
}
