package io.longhaul.packaging.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Writes down each {@code zfs} command that the agents of a site run. */
public final class RecordedZfs {
  private final Site site;
  private final Path asked;

  /** Prepares to record. */
  public RecordedZfs(Site site) {
    this.site = site;
    this.asked = site.file("asked");
  }

  /**
   * Has an agent run this {@code zfs}, before it is started.
   *
   * @param side a name for the agent
   * @param zfs a command as a shell reads it
   */
  public void by(String side, SiteConfig agent, String zfs) throws IOException {
    Path script =
        Files.writeString(
            site.file("zfs-of-" + side),
            "#!/bin/sh\necho \"%s: zfs $*\" >> '%s'\nexec %s \"$@\"\n".formatted(side, asked, zfs));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    agent.set(List.of(script.toString()), "zfs", "command");
  }

  /** Forgets what was recorded. */
  public void forget() throws IOException {
    Files.deleteIfExists(asked);
  }

  /** Returns the commands that match, such as {@code "office: zfs send .*"}. */
  public List<String> matching(String pattern) throws IOException {
    return Files.exists(asked)
        ? Files.readAllLines(asked).stream().filter(line -> line.matches(pattern)).toList()
        : List.of();
  }

  /** Returns how many processes there were on a side. */
  public int processes(String side) throws IOException {
    return matching(side + ": .*").size();
  }
}
