package io.longhaul.protocol.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.retry.Sleeper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/*
 * POSIX record locks belong to the process: closing any descriptor of the file in a JVM drops that
 * JVM's lock. So this class remembers which locks its JVM holds and never opens their files again.
 */

/**
 * The lock that a pump holds while it lives: the one test of whether a session is active. Agents
 * hold one on their spool root. Thread-safe.
 */
public final class SpoolLock implements Closeable {
  private static final Duration RETRY_FOR = Duration.ofSeconds(5);
  private static final Duration RETRY_EVERY = Duration.ofMillis(50);

  /* Also serialises all opening and closing of lock files. */
  private static final Object HERE = new Object();

  @GuardedBy("HERE")
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path path;
  private final FileChannel file;

  private SpoolLock(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Takes the lock, trying for 5 seconds.
   *
   * @return empty if another pump holds it
   * @throws NoSuchFileException if the session's directory is not there, or not any more
   * @throws IOException if the lock's file cannot be made or opened
   */
  public static Optional<SpoolLock> take(Path path, Sleeper sleeper)
      throws IOException, InterruptedException {
    return take(path, sleeper, StandardOpenOption.CREATE);
  }

  /** As {@link #take}, but makes no file: a full disk may have no room for one. */
  static Optional<SpoolLock> takeExisting(Path path, Sleeper sleeper)
      throws IOException, InterruptedException {
    return take(path, sleeper, StandardOpenOption.WRITE);
  }

  private static Optional<SpoolLock> take(Path path, Sleeper sleeper, OpenOption more)
      throws IOException, InterruptedException {
    for (Duration waited = Duration.ZERO;
        waited.compareTo(RETRY_FOR) < 0;
        waited = waited.plus(RETRY_EVERY)) {
      Optional<SpoolLock> lock = tryTake(path, more);
      if (lock.isPresent()) {
        return lock;
      }
      sleeper.sleep(RETRY_EVERY);
    }
    return Optional.empty();
  }

  /** Takes the lock if it is free this instant; opens its file with {@code more}. */
  static Optional<SpoolLock> tryTake(Path path, OpenOption more) throws IOException {
    Set<OpenOption> options =
        new HashSet<>(List.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS, more));
    synchronized (HERE) {
      Path real = real(path);
      if (HELD_HERE.contains(real)) {
        return Optional.empty();
      }
      FileChannel file =
          FileChannel.open(
              real,
              options,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        if (file.tryLock() != null) {
          HELD_HERE.add(real);
          return Optional.of(new SpoolLock(real, file));
        }
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
      file.close();
      return Optional.empty();
    }
  }

  /** Returns whether a pump holds the lock now, of this process or another. */
  public static boolean isHeld(Path path) throws IOException {
    synchronized (HERE) {
      if (isHeldHere(path)) {
        return true;
      }
      try (FileChannel file =
              FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          FileLock lock = file.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null;
      } catch (NoSuchFileException e) {
        return false;
      }
    }
  }

  /** Returns whether this very process holds the lock. */
  static boolean isHeldHere(Path path) throws IOException {
    synchronized (HERE) {
      try {
        return HELD_HERE.contains(real(path));
      } catch (NoSuchFileException e) {
        return false;
      }
    }
  }

  private static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    return absolute.resolveSibling(".").toRealPath().resolve(absolute.getFileName());
  }

  /** Gives the lock up; repeating it does nothing. */
  @Override
  public void close() throws IOException {
    synchronized (HERE) {
      if (file.isOpen()) {
        HELD_HERE.remove(path);
        file.close();
      }
    }
  }
}
