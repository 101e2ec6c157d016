package io.longhaul.protocol.pipe;

import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/*
 * A deleted file lives on as long as it is open or mapped. What a JVM opens late: the jars of its class
 * path, its own classes, native libraries. (And jspawnhelper, for each child: the pumps' flags have
 * the JVM fork instead.)
 */

/**
 * Makes a pump independent of the image that it was started from: that may be deleted while it runs
 * for days.
 */
public final class OwnImage {
  private static final String ABSENT = "io/longhaul/absent";
  private static final AtomicBoolean LOADED = new AtomicBoolean();

  private OwnImage() {}

  /**
   * Opens and loads what would be missing later: has a child started, fed by a FIFO, and ended, as
   * the pump will do it with its own. Does nothing if it was done before.
   *
   * @param directory takes the FIFO meanwhile; nobody else may start a child in it
   */
  public static void load(Path directory) throws InterruptedException {
    if (LOADED.getAndSet(true)) {
      return;
    }
    /* A search in vain opens every jar; the other opens the runtime's own classes. */
    Object _ = ClassLoader.getSystemResource(ABSENT);
    Object _ = Object.class.getResource("Object.class");
    try {
      rehearse(directory.resolve("rehearsal.fifo"));
    } catch (IOException e) {
      System.out.println("cannot rehearse in " + directory + ": " + e);
    }
  }

  private static void rehearse(Path path) throws IOException, InterruptedException {
    Files.deleteIfExists(path);
    try (Fifo _ = Fifo.create(path);
        Fifo _ = Fifo.holdBothEnds(path)) {
      ChildProcess child = ChildProcess.startSink(Command.of(List.of("cat")), path);
      child.end(ProcessGroup.GRACE, Sleeper.REAL);
      child.exit().join();
      child.awaitExit(Duration.ZERO);
      child.stderrTail();
    } finally {
      Files.deleteIfExists(path);
    }
  }
}
