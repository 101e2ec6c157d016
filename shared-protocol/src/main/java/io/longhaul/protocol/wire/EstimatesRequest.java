package io.longhaul.protocol.wire;

import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/filesystems/estimates}.
 *
 * @param reader whose grant counts; the asker's own if it is left out
 * @param sends at most {@value #MOST}
 */
public record EstimatesRequest(Optional<String> reader, List<ZfsSend> sends) {
  /** How many estimates one body may ask for. */
  public static final int MOST = 100;

  /**
   * @throws IllegalArgumentException if there are too many, or the reader has not got the form of a
   *     name
   */
  public EstimatesRequest {
    reader.ifPresent(name -> ConfiguredName.check("reader", name));
    if (sends.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " sends, was " + sends.size());
    }
    sends = List.copyOf(sends);
  }
}
