package io.longhaul.packaging.chaos;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.CommandResult.RunningCommand;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.LoopbackLink;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SpoolProcesses;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.testing.Tmpfs;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** One transfer over a link of its own, and everything that can be broken about it. */
final class Victim implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String SPOOL_LIMIT = "8MiB";

  /* Twice the limit, which a source that is repeated may take, and something for the rest. */
  private static final String DISK_SIZE = "24m";

  private final Site site = new Site();
  private final Map<Role, Tmpfs> disks = new EnumMap<>(Role.class);
  private final LoopbackLink link;
  private final Keystream stream;
  private final SessionId id;
  private final ProcessIdentity sink;
  private ProcessIdentity source;
  private RunningCommand coordinator;

  /**
   * Starts the transfer and waits until its first bytes have reached the sink.
   *
   * @param bytesPerSecond what the link carries
   */
  Victim(Keystream stream, long bytesPerSecond) throws IOException {
    this.stream = stream;
    this.link = site.link(bytesPerSecond);
    site.office().stream("data", stream.source());
    site.office().set(true, "streams", "data", "repeatable");
    site.office().set(SPOOL_LIMIT, "spool", "limit");
    site.vault().set(SPOOL_LIMIT, "spool", "limit");
    for (Role role : Role.values()) {
      Tmpfs.mountIfAllowed(DISK_SIZE).ifPresent(disk -> disks.put(role, disk));
      disk(role).ifPresent(disk -> site.spoolAt(role, disk.path()));
    }
    site.vault().stream("sum", Keystream.sink(sum()));
    site.start();
    this.id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
    this.coordinator = follow();
    awaitFed(1);
    this.source = started(Role.SEND).child().orElseThrow();
    this.sink = started(Role.RECEIVE).child().orElseThrow();
  }

  Site site() {
    return site;
  }

  LoopbackLink link() {
    return link;
  }

  /** Returns the small disk that is one side's spool; empty where none can be mounted. */
  Optional<Tmpfs> disk(Role role) {
    return Optional.ofNullable(disks.get(role));
  }

  /** Returns the processes of one side. */
  Started started(Role role) throws IOException {
    return site.started(id, role);
  }

  private Path sum() {
    return site.file("sum");
  }

  private RunningCommand follow() throws IOException {
    return RunningCommand.start(site.coordinatorCommand("status", "--follow", id.toString()));
  }

  /** Kills the coordinator that follows, and starts another. */
  void killCoordinator() throws IOException {
    signal("KILL", coordinator.pid());
    coordinator.close();
    coordinator = follow();
  }

  /** Kills a process of the sending side, and waits for another source or the session's end. */
  void killSource(Function<Started, ProcessIdentity> victim) throws IOException {
    Started before = started(Role.SEND);
    signal("KILL", victim.apply(before).pid());
    source =
        Eventually.find(
            "a new run of the source",
            PATIENCE,
            () -> site.receive(id).state().ended() ? Optional.of(source) : sourceAfter(before));
  }

  private Optional<ProcessIdentity> sourceAfter(Started before) throws IOException {
    return Optional.of(started(Role.SEND))
        .filter(now -> now.attempt() > before.attempt())
        .flatMap(Started::child);
  }

  /** Flips a bit in a chunk that was verified and is not being fed, as soon as there is one. */
  void damageChunk(RandomGenerator random) throws IOException {
    Path chunk =
        Eventually.find(
            "a verified chunk that waits",
            PATIENCE,
            () ->
                site.spool(id, Role.RECEIVE).chunkFiles().stream()
                    .filter(file -> file.toString().endsWith(".chunk"))
                    .sorted()
                    .skip(1)
                    .findFirst());
    try (FileChannel file =
        FileChannel.open(chunk, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = random.nextLong(file.size());
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(Byte.SIZE)));
      file.write(one.flip(), at);
    }
  }

  static void signal(String name, long pid) throws IOException {
    CommandResult.output(List.of("kill", "-" + name, Long.toString(pid)));
  }

  /** Waits until the sink was fed so much; returns false if the session ended before. */
  boolean awaitFed(long bytes) {
    ReceiveStatus seen =
        Eventually.find(
            bytes + " bytes fed",
            PATIENCE,
            () ->
                Optional.of(site.receive(id))
                    .filter(now -> now.fedBytes() >= bytes || now.state().ended()));
    return !seen.state().ended();
  }

  /**
   * Waits until more has reached the sink than at the moment of the call; returns false if the
   * session ended instead.
   */
  boolean awaitProgress() throws IOException {
    long before =
        Eventually.find("an answer of the receiver", PATIENCE, () -> Optional.of(site.receive(id)))
            .fedBytes();
    return awaitFed(before + 1);
  }

  /** Waits for the end of the transfer and returns all that is wrong with it. */
  List<String> verdict() throws IOException {
    List<String> wrong = new ArrayList<>();
    ReceiveStatus end = site.awaitEnd(id, PATIENCE);
    if (end.state() != SessionState.DONE) {
      wrong.add("the session ended as " + end);
      wrong.add(site.sender().log());
      wrong.add(site.receiver().log());
      return wrong;
    }
    if (!Files.readString(sum()).strip().equals(stream.sha256())) {
      wrong.add("the sink's bytes are not the source's");
    }
    if (source.isAlive() || sink.isAlive()) {
      wrong.add("the source or the sink outlives the session");
    }
    int exit = coordinator.await(PATIENCE).exit();
    if (exit != 0) {
      wrong.add("the coordinator that followed ended with " + exit);
    }
    List<ProcessIdentity> left = new ArrayList<>(new SpoolProcesses(site.file("")).alive());
    for (Tmpfs disk : disks.values()) {
      left.addAll(new SpoolProcesses(disk.path()).alive());
    }
    if (!left.isEmpty()) {
      wrong.add("processes are left: " + left);
    }
    return wrong;
  }

  /** Returns whether the sink is that of the beginning, and the source the one last started. */
  boolean pipesAreWhole() throws IOException {
    return started(Role.SEND).child().equals(Optional.of(source))
        && started(Role.RECEIVE).child().equals(Optional.of(sink));
  }

  @Override
  public void close() throws IOException {
    try (site;
        link) {
      coordinator.close();
    } finally {
      for (Tmpfs disk : disks.values()) {
        new SpoolProcesses(disk.path()).end();
        disk.close();
      }
    }
  }
}
