package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SiteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Counts how often each agent of a site runs {@code zfs}. */
final class CountedZfs {
  private final Site site;
  private final Path asked;

  CountedZfs(Site site) {
    this.site = site;
    this.asked = site.file("asked");
  }

  /**
   * Has an agent run this {@code zfs}, before it is started.
   *
   * @param side a name for its count
   */
  void by(String side, SiteConfig agent, String zfs) throws IOException {
    Path script =
        Files.writeString(
            site.file("zfs-of-" + side),
            "#!/bin/sh\necho %s >> '%s'\nexec '%s' \"$@\"\n".formatted(side, asked, zfs));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    agent.set(List.of(script.toString()), "zfs", "command");
  }

  /** Counts from zero again. */
  void forget() throws IOException {
    Files.deleteIfExists(asked);
  }

  /** Returns how many processes there were on a side. */
  long processes(String side) throws IOException {
    return Files.exists(asked)
        ? Files.readAllLines(asked).stream().filter(side::equals).count()
        : 0;
  }
}
