package io.longhaul.packaging.site;

import io.longhaul.protocol.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** What this machine has. */
public final class Tools {
  private Tools() {}

  /** Returns whether there is a command of this name. */
  public static boolean has(String name) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
  }

  /** Goes on only if there are commands of these names; see {@link Requirements}. */
  public static void need(String... names) {
    for (String name : names) {
      Requirements.need(has(name), "the command " + name);
    }
  }

  /** Goes on only if this process is root's. */
  public static void needRoot() throws IOException {
    boolean root = Objects.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), 0);
    Requirements.need(root, "the rights of root");
  }
}
