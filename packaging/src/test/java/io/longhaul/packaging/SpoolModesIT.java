package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.spool.Role;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The spool holds the stream's bytes in the clear: nobody but its owner may look into it. */
class SpoolModesIT {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void nobodyElseMayReadASession() throws Exception {
    Tools.need("openssl");
    try (var site = new Site();
        var _ = site.link(4 * MEBIBYTE)) {
      site.office().stream("data", new Keystream(60 * MEBIBYTE).source());
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      site.awaitFed(id, MEBIBYTE, Duration.ofMinutes(2));

      for (Role role : List.of(Role.SEND, Role.RECEIVE)) {
        Map<Path, String> modes = modes(site.spool(id, role).directory());
        assertThat(modes.keySet().stream().map(path -> String.valueOf(path.getFileName())))
            .as("a session that runs")
            .contains("request.json", "started.json", "manifest.jsonl", "pump.log", "lock")
            .anyMatch(name -> name.endsWith(".chunk") || name.endsWith(".part"));
        modes.forEach((path, mode) ->
            assertThat(mode)
                .as(path.toString())
                .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
      }
    }
  }

  /** Returns the mode of a directory and of all files in it; what goes meanwhile is left out. */
  private static Map<Path, String> modes(Path directory) throws IOException {
    Map<Path, String> modes = new TreeMap<>();
    List<Path> paths = new ArrayList<>(List.of(directory));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      files.forEach(paths::add);
      for (Path path : paths) {
        try {
          modes.put(
              path,
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
          // fed or released meanwhile
        }
      }
    }
    return modes;
  }
}
