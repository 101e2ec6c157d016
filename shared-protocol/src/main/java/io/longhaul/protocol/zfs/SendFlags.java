package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The flags of {@code zfs send} that say how a stream is written (zfs-send(8)).
 *
 * @param raw {@code -w}: blocks as they are on disk, so that what is encrypted there stays it
 * @param compressed {@code -c}: compressed blocks as they are on disk
 * @param largeBlocks {@code -L}: blocks of more than 128 KiB as they are
 * @param embedded {@code -e}: blocks that are embedded in their pointers as they are
 * @param properties {@code -p}: the dataset's properties, too
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SendFlags(
    boolean raw, boolean compressed, boolean largeBlocks, boolean embedded, boolean properties) {

  /** No flag at all. */
  public static final SendFlags NONE = new SendFlags(false, false, false, false, false);

  record Flag(char letter, String purpose) {}

  /** Returns the same with or without {@code -w}. */
  public SendFlags withRaw(boolean raw) {
    return new SendFlags(raw, compressed, largeBlocks, embedded, properties);
  }

  List<Flag> said() {
    return Stream.of(
            flag(raw, 'w', "send raw"),
            flag(compressed, 'c', "send compressed"),
            flag(largeBlocks, 'L', "send large blocks"),
            flag(embedded, 'e', "send embedded blocks"),
            flag(properties, 'p', "send properties"))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Flag> flag(boolean said, char letter, String purpose) {
    return said ? Optional.of(new Flag(letter, purpose)) : Optional.empty();
  }

  /** Returns the flags that a ZFS has not got. */
  public Optional<String> missing(ZfsFeatures sender) {
    String missing =
        said().stream()
            .filter(flag -> !sender.sendFlags().contains(flag.letter()))
            .map(flag -> "-" + flag.letter())
            .collect(Collectors.joining(", "));
    return missing.isEmpty() ? Optional.empty() : Optional.of(missing);
  }

  /**
   * Returns how the stream of a token differs from what these say. A stream may lack what is
   * allowed: ZFS marks it only with the features that the dataset needed.
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
