package io.longhaul.packaging.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An sshd with keys and a configuration of its own, for this user and this run; and the client's
 * arguments that go with it. Ciphers are OpenSSH's defaults.
 */
public final class PrivateSshd implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(1);

  private final Place place;
  private final Path directory;
  private final int port = Site.freePort();
  private final CommandResult.RunningCommand daemon;

  /** Starts it; when this returns it takes connections. */
  public PrivateSshd(Place place) throws IOException {
    this.place = place;
    directory = Files.createTempDirectory("longhaul-sshd-");
    key("host");
    key("client");
    Files.copy(directory.resolve("client.pub"), directory.resolve("authorized"));
    Files.createDirectories(Path.of("/run/sshd"));
    Files.writeString(directory.resolve("config"), config());
    daemon =
        CommandResult.RunningCommand.start(
            place.command(
                List.of(
                    "/usr/sbin/sshd", "-D", "-e", "-f", directory.resolve("config").toString())));
    Eventually.holds(
        "an answer from the private sshd",
        START,
        () -> CommandResult.of(place.command(client("true"))).exit() == 0);
  }

  private void key(String name) throws IOException {
    String file = directory.resolve(name).toString();
    CommandResult.output(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file));
  }

  private String config() {
    return """
    ListenAddress %s:%d
    HostKey %s
    AuthorizedKeysFile %s
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    PermitRootLogin yes
    PidFile none
    """
        .formatted(place.host(), port, directory.resolve("host"), directory.resolve("authorized"));
  }

  /** Returns the command that runs {@code remote} over ssh, from wherever it is started. */
  public List<String> client(String remote) {
    List<String> words = options();
    words.add(place.host());
    words.add(remote);
    return words;
  }

  /**
   * Returns the command that lets the daemon's machine reach {@code localPort} of the machine where
   * the command runs, as its own {@code remotePort}.
   */
  public List<String> reverseTunnel(int remotePort, int localPort) {
    List<String> words = options();
    words.addAll(List.of("-N", "-o", "ExitOnForwardFailure=yes"));
    words.addAll(List.of("-R", "127.0.0.1:" + remotePort + ":127.0.0.1:" + localPort));
    words.add(place.host());
    return words;
  }

  private List<String> options() {
    List<String> words = new ArrayList<>(List.of("ssh", "-F", "none", "-T", "-p", "" + port));
    words.addAll(List.of("-i", directory.resolve("client").toString()));
    for (String option :
        List.of("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")) {
      words.addAll(List.of("-o", option));
    }
    return words;
  }

  @Override
  public void close() throws IOException {
    daemon.close();
    CommandResult.output(List.of("rm", "-rf", directory.toString()));
  }
}
