package io.longhaul.sender.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.Pause;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.Started;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a session's directory says of its stream and its pump. Thread-safe. */
final class SpoolView implements Closeable {
  private static final int RECORDS_KEPT = 256;

  private final SessionSpool spool;
  private final String boot;

  /* A chunk is asked for by many ranges; each look-up in the manifest reads up to 64 lines. */
  private final Cache<Long, ChunkRecord> records =
      Caffeine.newBuilder().maximumSize(RECORDS_KEPT).build();

  private volatile @Nullable ManifestReader manifest;
  private volatile Optional<Mark> replayed = Optional.empty();

  SpoolView(SessionSpool spool) throws IOException {
    this(spool, ProcessIdentity.currentBoot());
  }

  /** Creates the view on a machine that was started at {@code boot}. */
  SpoolView(SessionSpool spool, String boot) {
    this.spool = spool;
    this.boot = boot;
  }

  SessionSpool spool() {
    return spool;
  }

  /** Takes in what the pump has sealed by now; one thread calls it. */
  void refresh() throws IOException {
    replayed = SpoolFile.mark(spool.replayed());
    ManifestReader reader = manifest;
    if (reader == null) {
      if (!Files.exists(spool.manifest())) {
        return;
      }
      reader = ManifestReader.open(spool.manifest(), spool.id());
      manifest = reader;
    }
    boolean _ = reader.refresh();
  }

  long sealedTo() {
    ManifestReader reader = manifest;
    return reader == null ? 0 : reader.sealedTo();
  }

  long sealedBytes() {
    ManifestReader reader = manifest;
    return reader == null ? 0 : reader.sealedBytes();
  }

  int attempt() {
    ManifestReader reader = manifest;
    return reader == null ? 1 : reader.attempts();
  }

  /** Returns how far a new attempt has repeated the ones before it, while it does. */
  Optional<Mark> replayed() {
    return replayed;
  }

  /**
   * Returns whether the pump is about to write chunks anew, or will be: it repeats the stream, or
   * is gone.
   */
  boolean mayBeRepeated() throws IOException {
    return end().isEmpty() && (Files.exists(spool.replayed()) || !locked());
  }

  Optional<EndRecord> end() {
    ManifestReader reader = manifest;
    return reader == null ? Optional.empty() : reader.end();
  }

  /** Returns up to {@code limit} chunks from {@code from}, and the end if they reach up to it. */
  ManifestReader.Page page(long from, int limit) throws IOException {
    ManifestReader reader = manifest;
    return reader == null
        ? new ManifestReader.Page(List.of(), Optional.empty())
        : reader.read(from, limit);
  }

  /** Returns the sealed chunk of this number. */
  Optional<ChunkRecord> chunk(long number) throws IOException {
    ChunkRecord known = records.getIfPresent(number);
    ManifestReader reader = manifest;
    if (known != null || reader == null) {
      return Optional.ofNullable(known);
    }
    Optional<ChunkRecord> found = reader.chunk(number);
    found.ifPresent(record -> records.put(number, record));
    return found;
  }

  /**
   * Returns how far the reader has released. The file is written after the chunks were deleted, so
   * the lowest chunk that exists is the truth; but not after a reboot, which may have lost the
   * files of chunks, nor while the pump writes them anew.
   */
  Mark released() throws IOException {
    Mark mark = SpoolFile.mark(spool.released()).orElse(Mark.NONE);
    if (rebooted() || Files.exists(spool.replayed())) {
      return mark;
    }
    Optional<ChunkRecord> next = chunk(mark.to());
    while (next.isPresent() && !Files.exists(spool.chunk(mark.to()))) {
      mark = new Mark(mark.to() + 1, next.get().end(), false);
      next = chunk(mark.to());
    }
    return mark;
  }

  Optional<Pause> pause() throws IOException {
    return SpoolFile.read(spool.paused(), Pause.class);
  }

  private boolean rebooted() throws IOException {
    Optional<Started> started = started();
    return started.isPresent() && !started.get().pump().bootId().equals(boot);
  }

  Optional<Control> control() throws IOException {
    return SpoolFile.read(spool.control(), Control.class);
  }

  Optional<Outcome> outcome() throws IOException {
    return SpoolFile.read(spool.outcome(), Outcome.class);
  }

  Optional<Started> started() throws IOException {
    return SpoolFile.read(spool.started(), Started.class);
  }

  /** Returns whether a pump holds the session now. */
  boolean locked() throws IOException {
    return SpoolLock.isHeld(spool.lock());
  }

  @Override
  public void close() throws IOException {
    ManifestReader reader = manifest;
    if (reader != null) {
      reader.close();
    }
  }
}
