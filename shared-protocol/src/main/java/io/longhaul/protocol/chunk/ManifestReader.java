package io.longhaul.protocol.chunk;

import io.longhaul.protocol.SessionId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a manifest that somebody else may be appending to. Only lines that end in a newline count.
 *
 * <p>Constant memory: a sparse index remembers where every 64th chunk's line begins (600,000 chunks
 * of 16 MiB, 10 TB, take 75 KB). Thread-safe; calls take turns.
 */
public final class ManifestReader implements Closeable {
  /** The most chunks that one {@link #read} returns. */
  public static final int MOST_LINES = 1000;

  private static final int INDEX_STEP = 64;
  private static final int MOST_LINE_BYTES = 64 * 1024;

  private final Path path;
  private final SessionId session;
  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(MOST_LINE_BYTES);

  /* All below: the state of the forward scan. index.get(i) is where the line of chunk i*64 begins. */
  private final LongList index = new LongList();
  private long wholeBytes;
  private long sealedTo;
  private long sealedBytes;
  private int attempts = 1;
  private int fruitlessAttempts;
  private @Nullable EndRecord end;

  private ManifestReader(Path path, SessionId session, FileChannel file) {
    this.path = path;
    this.session = session;
    this.file = file;
  }

  /**
   * Some consecutive chunks, and the end record if they reach up to it.
   *
   * @param chunks from the number asked for, in order; may be empty
   * @param end the end record, if all chunks before it were asked for or are here
   */
  public record Page(List<ChunkRecord> chunks, Optional<EndRecord> end) {}

  /**
   * Opens the manifest at {@code path}.
   *
   * @throws NoSuchFileException if there is none yet
   * @throws IOException if it cannot be opened
   */
  public static ManifestReader open(Path path, SessionId session) throws IOException {
    return new ManifestReader(path, session, FileChannel.open(path, StandardOpenOption.READ));
  }

  /**
   * Takes in what was appended since the last call.
   *
   * @return whether there was anything new
   * @throws IOException if a whole line is damaged or does not belong here
   */
  public synchronized boolean refresh() throws IOException {
    long before = wholeBytes;
    long size = file.size();
    if (size > wholeBytes) {
      scan(wholeBytes, size, this::takeIn);
    }
    return wholeBytes > before;
  }

  private boolean takeIn(long position, byte[] line, int length) throws IOException {
    ManifestRecord next = ManifestLine.decode(line, length);
    if (position == 0 && !(next instanceof HeaderRecord)) {
      throw new IOException("the first line is not a header");
    }
    if (end != null) {
      throw new IOException("there is a line after the end record");
    }
    switch (next) {
      case HeaderRecord header -> checkHeader(position, header);
      case ChunkRecord chunk -> {
        if (chunk.chunk() != sealedTo || chunk.offset() != sealedBytes) {
          throw new IOException(
              "expected chunk "
                  + sealedTo
                  + " at offset "
                  + sealedBytes
                  + ", found chunk "
                  + chunk.chunk()
                  + " at "
                  + chunk.offset());
        }
        if (sealedTo % INDEX_STEP == 0) {
          index.add(position);
        }
        sealedTo++;
        sealedBytes = chunk.end();
        fruitlessAttempts = 0;
      }
      case AttemptRecord attempt -> {
        attempts = attempt.attempt();
        fruitlessAttempts++;
      }
      case EndRecord last -> {
        if (last.chunks() != sealedTo || last.bytes() != sealedBytes) {
          throw new IOException(
              "the end record counts "
                  + last.chunks()
                  + " chunks and "
                  + last.bytes()
                  + " bytes, the lines before it "
                  + sealedTo
                  + " and "
                  + sealedBytes);
        }
        end = last;
      }
    }
    wholeBytes = position + length + 1; // at once: a later line, or reading on, may fail
    return true;
  }

  private void checkHeader(long position, HeaderRecord header) throws IOException {
    if (position != 0 || !header.session().equals(session)) {
      throw new IOException("found a header of session " + header.session());
    }
    if (header.format() > ManifestRecord.FORMAT) {
      throw new IOException("format " + header.format() + " is newer than this software reads");
    }
  }

  /**
   * Returns up to {@code limit} chunks from number {@code from}, after a {@link #refresh}.
   *
   * @param from 0 or more
   * @param limit 1 to {@link #MOST_LINES}
   * @throws IllegalArgumentException if one of them is out of its range
   * @throws IOException if the file cannot be read, or a line in it is damaged
   */
  public synchronized Page read(long from, int limit) throws IOException {
    if (from < 0 || limit < 1 || limit > MOST_LINES) {
      throw new IllegalArgumentException("cannot read " + limit + " chunks from number " + from);
    }
    refresh();
    List<ChunkRecord> chunks = new ArrayList<>();
    if (from < sealedTo) {
      scan(
          index.get((int) (from / INDEX_STEP)),
          wholeBytes,
          (position, line, length) -> {
            if (ManifestLine.decode(line, length) instanceof ChunkRecord chunk
                && chunk.chunk() >= from) {
              chunks.add(chunk);
            }
            return chunks.size() < limit;
          });
    }
    boolean toTheEnd = from + chunks.size() >= sealedTo;
    return new Page(chunks, toTheEnd ? Optional.ofNullable(end) : Optional.empty());
  }

  /**
   * Returns the chunk of this number, if it is sealed.
   *
   * @throws IOException as {@link #read}
   */
  public synchronized Optional<ChunkRecord> chunk(long number) throws IOException {
    return number < 0 ? Optional.empty() : read(number, 1).chunks().stream().findFirst();
  }

  /** Returns the number of sealed chunks as of the last call that looked. */
  public synchronized long sealedTo() {
    return sealedTo;
  }

  /** Returns the number of sealed bytes as of the last call that looked. */
  public synchronized long sealedBytes() {
    return sealedBytes;
  }

  /** Returns the number of the source's present attempt, 1 or more. */
  public synchronized int attempts() {
    return attempts;
  }

  /** Returns how many attempts in a row, up to now, have sealed nothing. */
  public synchronized int fruitlessAttempts() {
    return fruitlessAttempts;
  }

  /** Returns the end record, if the last call that looked found it. */
  public synchronized Optional<EndRecord> end() {
    return Optional.ofNullable(end);
  }

  synchronized long wholeBytes() {
    return wholeBytes;
  }

  @FunctionalInterface
  private interface LineTaker {
    /** Takes a line without its newline; returns whether to go on. */
    boolean take(long position, byte[] line, int length) throws IOException;
  }

  /** Hands out the whole lines of [from, to) until one says that it is enough. */
  private void scan(long from, long to, LineTaker taker) throws IOException {
    long lineAt = from;
    while (lineAt < to) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), to - lineAt));
      if (file.read(buffer, lineAt) <= 0) {
        return;
      }
      int filled = buffer.position();
      int start = 0;
      for (int i = 0; i < filled; i++) {
        if (buffer.array()[i] == '\n') {
          if (!take(taker, lineAt + start, start, i - start)) {
            return;
          }
          start = i + 1;
        }
      }
      if (start == 0) {
        if (filled == buffer.capacity()) {
          throw damaged(lineAt, new IOException("a line is longer than " + filled + " bytes"));
        }
        return;
      }
      lineAt += start;
    }
  }

  private boolean take(LineTaker taker, long position, int start, int length) throws IOException {
    byte[] line = new byte[length];
    System.arraycopy(buffer.array(), start, line, 0, length);
    try {
      return taker.take(position, line, length);
    } catch (IOException e) {
      throw damaged(position, e);
    }
  }

  private IOException damaged(long position, IOException cause) {
    return new IOException(
        "Tried to read the manifest "
            + path
            + " of session "
            + session
            + " but the line at byte "
            + position
            + " is damaged: "
            + cause.getMessage(),
        cause);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** A growing array of longs: an index entry costs eight bytes. */
  private static final class LongList {
    private long[] values = new long[16];
    private int size;

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    long get(int i) {
      return values[i];
    }
  }
}
