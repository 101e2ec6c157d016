package io.longhaul.sender.session;

import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.server.FilesystemCalls;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.PartialReceive;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes a command out of what a request asks for, and finds out before that it can work.
 * Thread-safe.
 */
public final class SourceResolver {
  private static final Map<String, String> ZFS_ENVIRONMENT = Map.of("LC_ALL", "C");

  private final Zfs zfs;
  private final Map<String, StreamConfig> streams;

  /**
   * Creates a resolver.
   *
   * @param streams the named streams of the configuration
   */
  public SourceResolver(Zfs zfs, Map<String, StreamConfig> streams) {
    this.zfs = zfs;
    this.streams = Map.copyOf(streams);
  }

  /**
   * Returns the command for a source.
   *
   * @throws ProblemException if there is no such snapshot, base or stream, or what it needs is
   *     missing on this machine
   */
  ResolvedSource resolve(SourceSpec source) throws ProblemException, InterruptedException {
    return switch (source) {
      case SourceSpec.Stream stream -> stream(stream.name());
      case SourceSpec.Zfs send -> {
        try {
          yield zfs(send.send());
        } catch (ZfsException e) {
          throw new ProblemException(FilesystemCalls.problem(e), String.valueOf(e.getMessage()));
        }
      }
    };
  }

  /** Returns what this machine's ZFS can do; empty if it does not work. */
  public Optional<ZfsFeatures> zfsFeatures() throws InterruptedException {
    if (Command.of(zfs.command()).executable().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(zfs.features());
    } catch (ZfsException e) {
      return Optional.empty();
    }
  }

  private ResolvedSource stream(String name) throws ProblemException {
    StreamConfig config = streams.get(name);
    if (config == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND,
          "Tried to send the stream '"
              + name
              + "' but this agent's configuration has no such key under streams");
    }
    Command command = new Command(config.command(), config.environment().orElse(Map.of()));
    requireExecutable(command, "stream '" + name + "'", "streams." + name + ".command");
    return new ResolvedSource(
        command,
        config.codes(),
        Optional.empty(),
        OptionalLong.empty(),
        config.repeatable().orElse(false),
        false);
  }

  private ResolvedSource zfs(ZfsSend send)
      throws ProblemException, ZfsException, InterruptedException {
    SnapshotName snapshot = send.snapshot();
    requireExecutable(Command.of(zfs.command()), snapshot.toString(), "zfs.command");
    ZfsFeatures features = zfs.features();
    List<String> words = zfs.sendCommand(send, features);
    Optional<String> guid = zfs.guid(snapshot);
    if (guid.isEmpty()) {
      throw absent(send, "snapshot " + snapshot);
    }
    if (send.base().isPresent() && send.base().get().kind() == SendBase.Kind.SNAPSHOT) {
      SnapshotName base = snapshot.dataset().at(send.base().get().name());
      if (zfs.guid(base).isEmpty()) {
        throw absent(send, "base " + base);
      }
    }
    if (send.origin().isPresent() && zfs.guid(send.origin().get()).isEmpty()) {
      throw absent(send, "origin " + send.origin().get());
    }
    if (send.token().isPresent()) {
      requireTokenOf(send, send.token().get(), guid.get(), features);
    }
    return new ResolvedSource(
        new Command(words, ZFS_ENVIRONMENT),
        Set.of(0),
        guid,
        zfs.estimate(send, features),
        true,
        true);
  }

  /** A token comes from the other side: it must be of what is granted and asked for. */
  private void requireTokenOf(ZfsSend send, ResumeToken token, String guid, ZfsFeatures features)
      throws ProblemException, ZfsException, InterruptedException {
    Optional<PartialReceive.Contents> contents = zfs.contents(token, features);
    if (contents.isEmpty()) {
      throw dead(send, "it cannot be read");
    }
    if (!contents.get().toGuid().equals(guid)) {
      throw dead(send, "it is of another snapshot");
    }
    boolean encrypted =
        features.knowsEncryption()
            && zfs.get(send.snapshot().dataset(), "encryptionroot").isPresent();
    Optional<String> disagreement = send.flags().disagreement(contents.get(), encrypted);
    if (disagreement.isPresent()) {
      throw dead(send, disagreement.get());
    }
  }

  private static ProblemException dead(ZfsSend send, String why) {
    return new ProblemException(
        ProblemType.CONFLICT,
        "Tried to go on with an interrupted send of "
            + send.snapshot()
            + " by its token but "
            + why
            + "; drop what the target kept (zfs receive -A) and send anew");
  }

  private static ProblemException absent(ZfsSend send, String what) {
    return new ProblemException(
        ProblemType.NOT_FOUND,
        "Tried to send "
            + send.snapshot()
            + " but there is no "
            + what
            + "; look with: zfs list -t snapshot "
            + send.snapshot().dataset());
  }

  private static void requireExecutable(Command command, String what, String key)
      throws ProblemException {
    if (command.executable().isEmpty()) {
      throw new ProblemException(
          ProblemType.UNAVAILABLE_HERE,
          "Tried to send "
              + what
              + " but there is no executable '"
              + command.program()
              + "' here; install it or correct "
              + key);
    }
  }
}
