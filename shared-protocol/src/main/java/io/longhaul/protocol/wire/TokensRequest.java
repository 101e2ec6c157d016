package io.longhaul.protocol.wire;

import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ResumeToken;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/filesystems/tokens}.
 *
 * @param reader whose grant counts; the asker's own if it is left out
 * @param root at or below which the reader is granted something
 * @param tokens at most {@value #MOST}
 */
public record TokensRequest(Optional<String> reader, DatasetName root, List<ResumeToken> tokens) {
  /** How many tokens one body may hold. */
  public static final int MOST = 50;

  /**
   * @throws IllegalArgumentException if there are too many, or the reader has not got the form of a
   *     name
   */
  public TokensRequest {
    reader.ifPresent(name -> ConfiguredName.check("reader", name));
    if (tokens.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " tokens, was " + tokens.size());
    }
    tokens = List.copyOf(tokens);
  }
}
