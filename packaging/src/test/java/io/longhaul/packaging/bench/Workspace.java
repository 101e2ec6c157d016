package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.Site;
import io.longhaul.protocol.config.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A directory for spools and for a file of bytes that do not compress, kept in the page cache. */
final class Workspace implements AutoCloseable {
  /** The longest that any one measurement may take. */
  static final Duration LIMIT = Duration.ofHours(1);

  /** Takes a stream as fast as it comes. */
  static final List<String> NOTHING = List.of("sh", "-c", "exec cat > /dev/null");

  private final Path directory;
  private final DataSize fileSize;

  /** Makes the directory under {@code parent}, and the file. */
  Workspace(Path parent, DataSize fileSize) throws IOException {
    this.directory = Files.createTempDirectory(parent, "longhaul-bench-");
    this.fileSize = fileSize;
    String make = String.join(" ", List.of("exec", "\"$@\"", ">", file().toString()));
    List<String> words = new ArrayList<>(List.of("sh", "-c", make, "sh"));
    words.addAll(new Keystream(fileSize.bytes()).source());
    CommandResult.output(words);
  }

  /** Returns the file. */
  Path file() {
    return directory.resolve("stream");
  }

  /** Returns the file's size. */
  DataSize fileSize() {
    return fileSize;
  }

  /** Returns where else to put files. */
  Path directory() {
    return directory;
  }

  /** Returns the command that writes the file, this many times over. */
  List<String> source(int times) {
    List<String> words = new ArrayList<>(List.of("cat"));
    for (int i = 0; i < times; i++) {
      words.add(file().toString());
    }
    return words;
  }

  /** Prepares a site whose agents send {@code office::data} and drop {@code vault::nothing}. */
  Site site(Place office, Place vault, List<String> source) throws IOException {
    return streams(new Site(directory, office, vault), source);
  }

  /** Prepares the same on this machine, over mutual TLS. */
  Site encryptedSite(List<String> source) throws IOException {
    return streams(Site.encrypted(directory), source);
  }

  private static Site streams(Site site, List<String> source) {
    site.office().stream("data", source);
    site.vault().stream("nothing", NOTHING);
    return site;
  }

  /**
   * Runs a transfer from start to end as a user does, and returns the seconds it took.
   *
   * @throws IOException if it does not end well
   */
  static double transfer(Site site, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("start", "office::data", "vault::nothing"));
    words.addAll(List.of(options));
    return seconds(site.coordinatorCommand(words.toArray(String[]::new)));
  }

  /**
   * Runs a command that has to succeed, and returns the seconds it took.
   *
   * @throws IOException if it does not end with 0
   */
  static double seconds(List<String> command) throws IOException {
    long start = System.nanoTime();
    CommandResult result = CommandResult.of(command, LIMIT);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (result.exit() != 0) {
      throw new IOException("Tried to run " + command + " but it ended with " + result);
    }
    return seconds;
  }

  /** Returns a command as a shell reads it. */
  static String text(List<String> command) {
    return String.join(" ", command.stream().map(Workspace::quoted).toList());
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public void close() throws IOException {
    CommandResult.output(List.of("rm", "-rf", directory.toString()));
  }
}
