package io.longhaul.packaging.simulation;

import io.longhaul.protocol.spool.SpoolLock;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Set;

/**
 * What SpoolLock remembers of the locks of its JVM. Simulated processes that were killed never give
 * theirs up; they see paths of their own, so this harms nobody, but it would keep their worlds.
 */
final class SharedLocks {
  private static final Object HERE = field("HERE");
  private static final Set<?> HELD = (Set<?>) field("HELD_HERE");

  private SharedLocks() {}

  private static Object field(String name) {
    try {
      Field field = SpoolLock.class.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  static void forget(World world) {
    synchronized (HERE) {
      HELD.removeIf(path -> isOf(world, (Path) path));
    }
  }

  private static boolean isOf(World world, Path path) {
    return path instanceof SimPath simulated && simulated.files().process().world() == world;
  }
}
