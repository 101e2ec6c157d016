package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An nginx that serves the files of one directory, with a configuration of its own. */
final class Nginx implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);

  private final Path prefix;
  private final String url;
  private final CommandResult.RunningCommand daemon;

  /** Starts it; when this returns it takes connections. */
  Nginx(Place place, Path files) throws IOException {
    int port = Site.freePort();
    url = "http://" + place.host() + ":" + port + "/";
    prefix = Files.createTempDirectory("longhaul-nginx-");
    Path config = prefix.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        user root;
        daemon off;
        pid nginx.pid;
        error_log stderr;
        worker_processes 1;
        events { worker_connections 256; }
        http {
          access_log off;
          sendfile on;
          server { listen %s:%d; root %s; }
        }
        """
            .formatted(place.host(), port, files));
    daemon =
        CommandResult.RunningCommand.start(
            place.command(
                List.of("/usr/sbin/nginx", "-p", prefix.toString(), "-c", config.toString())));
    Eventually.holds(
        "an answer from nginx",
        START,
        () ->
            CommandResult.of(place.command(List.of("curl", "--silent", "--head", url))).exit()
                == 0);
  }

  /** Returns the URL of a file of the directory. */
  String url(Path file) {
    return url + file.getFileName();
  }

  @Override
  public void close() throws IOException {
    CommandResult.output(List.of("kill", "-TERM", Long.toString(daemon.pid())));
    daemon.await(START);
    daemon.close();
    CommandResult.output(List.of("rm", "-rf", prefix.toString()));
  }
}
