package io.longhaul.protocol.zfs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The flags of {@code zfs send} that a job gives to each of its streams (zfs-send(8)).
 *
 * @param raw {@code -w}: encrypted datasets as they are on disk
 * @param compressed {@code -c}
 * @param largeBlocks {@code -L}
 * @param embedded {@code -e}
 * @param properties {@code -p}
 */
public record SendFlags(
    boolean raw, boolean compressed, boolean largeBlocks, boolean embedded, boolean properties) {

  /** No flag at all. */
  public static final SendFlags NONE = new SendFlags(false, false, false, false, false);

  /** Returns the flags as {@code zfs send} takes them. */
  public List<String> arguments() {
    return letters().map(letter -> "-" + letter).toList();
  }

  private Stream<Character> letters() {
    return Stream.of(
            raw ? 'w' : ' ',
            compressed ? 'c' : ' ',
            largeBlocks ? 'L' : ' ',
            embedded ? 'e' : ' ',
            properties ? 'p' : ' ')
        .filter(letter -> letter != ' ');
  }

  /** Returns the flags that a ZFS has not got. */
  public Optional<String> missing(ZfsFeatures sender) {
    String missing =
        letters()
            .filter(letter -> !sender.sendFlags().contains(letter))
            .map(letter -> "-" + letter)
            .collect(Collectors.joining(", "));
    return missing.isEmpty() ? Optional.empty() : Optional.of(missing);
  }

  /**
   * Returns how the stream of a token differs from what this job would send. A stream may lack what
   * is allowed: ZFS marks it only with the features that the dataset needed.
   *
   * @param encrypted whether the dataset is
   */
  public Optional<String> disagreement(PartialReceive.Contents token, boolean encrypted) {
    if (token.raw() != (raw && encrypted)) {
      return Optional.of(token.raw() ? "its stream is raw (-w)" : "its stream is not raw (-w)");
    }
    if (raw) {
      return Optional.empty(); // -w stands for -c, -L and -e too
    }
    if (token.compressed() && !compressed) {
      return Optional.of("its stream is compressed (-c)");
    }
    if (token.largeBlocks() && !largeBlocks) {
      return Optional.of("its stream has large blocks (-L)");
    }
    if (token.embedded() && !embedded) {
      return Optional.of("its stream has embedded blocks (-e)");
    }
    return Optional.empty();
  }
}
