package io.longhaul.packaging.site;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A stream of bytes that do not compress, the same every time, made and hashed without a file.
 *
 * @param bytes its length, 0 or more
 */
public record Keystream(long bytes) {
  private static final String MAKE =
      "head -c %d /dev/zero | openssl enc -aes-128-ctr -nosalt"
          + " -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000";

  /** Returns the command that writes the stream to its standard output. */
  public List<String> source() {
    return List.of("sh", "-c", MAKE.formatted(bytes));
  }

  /** Returns the command that writes the stream and then does what {@code words} say. */
  public List<String> sourceThen(String words) {
    return List.of("sh", "-c", MAKE.formatted(bytes) + "; " + words);
  }

  /** Returns the command that reads a stream and leaves its SHA-256 in {@code file}. */
  public static List<String> sink(Path file) {
    return List.of("openssl", "dgst", "-sha256", "-r", "-out", file.toString());
  }

  /** Returns the SHA-256 of the stream as {@link #sink} writes it. */
  public String sha256() throws IOException {
    return CommandResult.output(
        List.of("sh", "-c", MAKE.formatted(bytes) + " | openssl dgst -sha256 -r"));
  }
}
