package io.longhaul.protocol.spool;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.durable.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads and writes the small JSON files of a session directory. */
public final class SpoolFile {
  private SpoolFile() {}

  /**
   * Reads a file tolerantly; empty if it does not exist.
   *
   * @throws IOException if it cannot be read or is not what it should be; the message names it
   */
  public static <T> Optional<T> read(Path path, Class<T> type) throws IOException {
    try {
      T content = Json.TOLERANT.readValue(Files.readAllBytes(path), type);
      if (content == null) {
        throw new IOException("Tried to read " + path + " but it is damaged: it says null");
      }
      return Optional.of(content);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Tried to read " + path + " but it is damaged: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Reads a mark; empty if it does not exist. Marks are not forced to disk: one that a machine
   * which went down has torn counts as none, because the chunks themselves are the truth.
   *
   * @throws IOException if it cannot be read
   */
  public static Optional<Mark> mark(Path path) throws IOException {
    try {
      byte[] content = Files.readAllBytes(path);
      return Optional.of(
          Optional.ofNullable(Json.TOLERANT.readValue(content, Mark.class)).orElse(Mark.NONE));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.of(Mark.NONE);
    }
  }

  /** Writes a file so that it survives a power failure. */
  public static void force(Path path, Object content) throws IOException {
    DurableFile.replace(path, Json.TOLERANT.writeValueAsBytes(content));
  }

  /** Writes a file as a whole, without forcing it to disk. */
  public static void write(Path path, Object content) throws IOException {
    DurableFile.replaceUnforced(path, Json.TOLERANT.writeValueAsBytes(content));
  }
}
