package io.longhaul.protocol.wire;

import io.longhaul.protocol.zfs.PartialReceive;
import java.util.List;
import java.util.Optional;

/**
 * What {@code POST /v1/filesystems/tokens} answers.
 *
 * @param tokens one for each token, in their order
 */
public record Tokens(List<Token> tokens) {
  /**
   * What a token says.
   *
   * @param contents empty if the source's ZFS cannot read it
   */
  public record Token(Optional<PartialReceive.Contents> contents) {}

  public Tokens {
    tokens = List.copyOf(tokens);
  }
}
