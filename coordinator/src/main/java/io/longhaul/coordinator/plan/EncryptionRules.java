package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import java.util.Optional;

/**
 * What encryption allows. A raw stream ({@code -w} of an encrypted dataset) needs no key on either
 * side and makes a copy with the source's own encryption; any other stream needs the source's key
 * to be read, and the target's to be written. OpenZFS: zfs-send(8), {@code
 * recv_begin_check_existing_impl} in {@code module/zfs/dmu_recv.c}.
 */
record EncryptionRules(boolean rawWanted) {

  boolean raw(Dataset source) {
    return rawWanted && source.encryption().isPresent();
  }

  /**
   * Returns what forbids a full stream.
   *
   * @param key of the dataset that receives it, or that the new one will inherit
   */
  Optional<Conflict> full(Pair pair, Optional<Dataset.Encryption> key) {
    if (raw(pair.source())) {
      return Optional.empty();
    }
    return locked(pair, Side.SOURCE, pair.source().encryption())
        .or(() -> locked(pair, Side.TARGET, key));
  }

  /** Returns what forbids a stream onto what both sides have. */
  Optional<Conflict> onto(Pair pair, Dataset target, Common base) {
    boolean raw = raw(pair.source());
    boolean targetEncrypted = target.encryption().isPresent();
    if (raw && !targetEncrypted) {
      return mixed(pair, raw, "the stream is raw and the target is not encrypted");
    }
    Optional<String> onSource = base.onSource().ivset();
    Optional<String> onTarget = base.onTarget().ivset();
    if (targetEncrypted && onSource.isPresent() && onTarget.isPresent()) {
      boolean wasRaw = onSource.equals(onTarget);
      if (raw != wasRaw) {
        return mixed(
            pair,
            raw,
            raw
                ? "the stream is raw and the target was not received raw"
                : "the stream is not raw and the target was received raw");
      }
    }
    if (raw) {
      return Optional.empty();
    }
    return locked(pair, Side.SOURCE, pair.source().encryption())
        .or(() -> locked(pair, Side.TARGET, target.encryption()));
  }

  private static Optional<Conflict> mixed(Pair pair, boolean raw, String why) {
    return Optional.of(new Conflict.RawMixed(pair, raw, why));
  }

  private static Optional<Conflict> locked(
      Pair pair, Side side, Optional<Dataset.Encryption> encryption) {
    return encryption
        .filter(key -> !key.keyLoaded())
        .map(key -> new Conflict.KeyNotLoaded(pair, side, key.root()));
  }
}
