package io.longhaul.protocol.zfs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Two small pools on files, a source and a target, made with the {@code zfs} and {@code zpool} of
 * this machine (zfs-fuse or OpenZFS) and destroyed on close.
 *
 * <p>Ask {@link #available()} first. One JVM may have several at once: the names are random.
 */
public final class TestPools implements AutoCloseable {

  /* Sparse: what is not written takes no room. */
  private static final long POOL_BYTES = 1L << 30;
  private static final int DESTROY_ATTEMPTS = 100;
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration COPY_LIMIT = Duration.ofHours(1);

  private final Path directory;
  private final List<DatasetName> pools = new ArrayList<>();

  private TestPools(Path directory) {
    this.directory = directory;
  }

  /** Whether this machine has ZFS at work and we are root. */
  public static boolean available() {
    try {
      boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
      new TestCommand("zfs", "list").run();
      new TestCommand("zpool", "list").run();
      return root;
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes both pools. */
  public static TestPools create() throws IOException {
    var made = new TestPools(Files.createTempDirectory("longhaul-test-pools-"));
    try {
      String id = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
      made.addPool("longhaul-test-source-" + id);
      made.addPool("longhaul-test-target-" + id);
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** The argument list that starts {@code zfs} for these pools. */
  public List<String> zfsCommand() {
    return List.of("zfs");
  }

  /** The pool to send from. */
  public DatasetName source() {
    return pools.get(0);
  }

  /** The pool to receive into. */
  public DatasetName target() {
    return pools.get(1);
  }

  /** Makes a dataset, mounted at {@link #mountpoint}. */
  public void create(DatasetName dataset) throws IOException {
    zfs("create", dataset.toString());
  }

  /** Makes a snapshot. */
  public void snapshot(SnapshotName snapshot) throws IOException {
    zfs("snapshot", snapshot.toString());
  }

  /** Returns a snapshot's GUID. */
  public String guid(SnapshotName snapshot) throws IOException {
    return zfs("get", "-Hp", "-o", "value", "guid", snapshot.toString()).strip();
  }

  /** Returns whether there is such a dataset. */
  public boolean exists(DatasetName dataset) throws IOException {
    return zfs("list", "-H", "-o", "name").lines().anyMatch(dataset.toString()::equals);
  }

  /** Copies a dataset with all below it, up to a snapshot, as without Longhaul. */
  public void copy(SnapshotName snapshot, DatasetName target) throws IOException {
    String script = "zfs send -R %s | zfs receive -u %s".formatted(snapshot, target);
    new TestCommand("bash", "-o", "pipefail", "-c", script).run(COPY_LIMIT);
  }

  /** Mounts what was received without mounting; its files are then at {@link #mountpoint}. */
  public void mount(DatasetName dataset) throws IOException {
    zfs("mount", dataset.toString());
  }

  /** Where the files of a dataset are while it is mounted. */
  public Path mountpoint(DatasetName dataset) {
    return directory.resolve("mounted").resolve(dataset.toString());
  }

  /**
   * Runs {@code zfs} with {@code arguments} and returns its stdout.
   *
   * @throws IOException if it does not end with 0; the message holds its stderr
   */
  public String zfs(String... arguments) throws IOException {
    return new TestCommand("zfs", arguments).run();
  }

  /** Destroys both pools and their files. */
  @Override
  public void close() throws IOException {
    for (DatasetName pool : List.copyOf(pools)) {
      destroy(pool);
      pools.remove(pool);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void addPool(String name) throws IOException {
    Path file = directory.resolve(name + ".img");
    try (var image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(POOL_BYTES);
    }
    var pool = DatasetName.parse(name);
    String mountpoint = mountpoint(pool).toString();
    new TestCommand("zpool", "create", "-m", mountpoint, name, file.toString()).run();
    pools.add(pool);
  }

  /** Destroys a pool; zfs-fuse says "busy" for a moment after an unmount. */
  private static void destroy(DatasetName pool) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        new TestCommand("zpool", "destroy", "-f", pool.toString()).run();
        return;
      } catch (IOException e) {
        if (attempt == DESTROY_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
