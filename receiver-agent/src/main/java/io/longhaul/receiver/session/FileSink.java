package io.longhaul.receiver.session;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.durable.DurableFile;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A file as a sink. The stream is written beside it and forced to disk; only a stream that is known
 * to be whole gets the file's name, at once, in the place of an older file. So a stream that was
 * cut short cannot be taken for a whole one, whoever is killed.
 *
 * @param part where the stream is written
 * @param target what it becomes
 */
public record FileSink(Path part, Path target) {

  /**
   * Returns the sink of a session.
   *
   * @throws ProblemException if the target's directory is not there or may not be written
   */
  static FileSink of(Path target, SessionId id) throws ProblemException {
    Path directory = Objects.requireNonNull(target.getParent());
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new ProblemException(
          ProblemType.UNAVAILABLE_HERE,
          "Tried to receive into "
              + target
              + " but "
              + directory
              + " is not a directory that this agent may write; make it, or correct the configuration");
    }
    if (Files.isDirectory(target)) {
      throw new ProblemException(
          ProblemType.UNAVAILABLE_HERE,
          "Tried to receive into "
              + target
              + " but that is a directory; correct the configuration");
    }
    return new FileSink(directory.resolve("." + target.getFileName() + "." + id + ".part"), target);
  }

  /** Returns the command that writes the part and ends when it is on disk. */
  Command command() {
    return new Command(
        List.of("dd", "of=" + part, "bs=1M", "iflag=fullblock", "conv=fsync", "status=none"),
        Map.of());
  }

  /**
   * Gives the whole stream the file's name; repeating it does nothing.
   *
   * @param bytes the length of the stream
   * @throws IOException if the part is not what was written, or cannot be renamed
   */
  void commit(long bytes) throws IOException {
    Path written = Files.exists(part) ? part : target; // renamed before a restart of the agent
    if (Files.size(written) != bytes) {
      throw new IOException(
          written + " has " + Files.size(written) + " bytes, the stream has " + bytes);
    }
    if (written.equals(part)) {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      DurableFile.forceDirectory(Objects.requireNonNull(target.getParent()));
    }
  }

  /** Deletes what was written of a stream that did not become whole. */
  void discard() throws IOException {
    Files.deleteIfExists(part);
  }
}
