package io.longhaul.protocol.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The user that a program runs as.
 *
 * @param name his name
 * @param groups the names of his groups
 */
public record Login(String name, Set<String> groups) {
  private static final String ROOT = "root";
  private static final String SERVICE_USER = "longhaul";

  /**
   * Returns the user of this process.
   *
   * @throws IOException if the system does not tell
   */
  public static Login own() throws IOException {
    Process id =
        new ProcessBuilder("id", "-Gn").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String groups = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Login(
        Files.getOwner(Path.of("/proc/self")).getName(),
        Set.copyOf(List.of(groups.strip().split("\\s+", -1))));
  }

  boolean isRoot() {
    return name.equals(ROOT);
  }

  /** Returns whom rights are given to: this user, or in place of root the one of the services. */
  String delegate() {
    return isRoot() ? SERVICE_USER : name;
  }

  /** Judges the user. */
  Finding judge() {
    return isRoot()
        ? Finding.warn(
            "user",
            "root: a fault in the agent, or in a source or sink, can do anything here",
            "let it run as '%s', and check as that user: sudo -u %s …"
                .formatted(delegate(), delegate()))
        : Finding.ok("user", name);
  }
}
