package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Drains what a child says and keeps the last 16 KiB of it, so that the child never blocks and an
 * error can quote it. Thread-safe.
 */
public final class StderrTail {
  private static final int KEPT_BYTES = 16 * 1024;

  private final byte[] ring = new byte[KEPT_BYTES];
  private final Thread drain;
  private long seen;

  private StderrTail(InputStream from, String name) {
    drain = Thread.ofPlatform().daemon().name("stderr-" + name).unstarted(() -> drain(from));
  }

  /** Starts to drain {@code from} on a daemon thread, until its end. */
  public static StderrTail start(InputStream from, String name) {
    StderrTail tail = new StderrTail(from, name);
    tail.drain.start();
    return tail;
  }

  private void drain(InputStream from) {
    byte[] buffer = new byte[4096];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        add(buffer, n);
      }
    } catch (IOException e) {
      byte[] why = ("\n(reading this failed: " + e + ")").getBytes(StandardCharsets.UTF_8);
      add(why, why.length);
    }
  }

  private synchronized void add(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      ring[(int) (seen++ % KEPT_BYTES)] = bytes[i];
    }
  }

  /** Waits until the child closed its end, at most {@code most}: a grandchild may hold it open. */
  public void awaitEnd(Duration most) throws InterruptedException {
    drain.join(most);
  }

  /** Returns the last bytes as text, without white space around it. */
  public synchronized String text() {
    int kept = (int) Math.min(seen, KEPT_BYTES);
    byte[] tail = new byte[kept];
    for (int i = 0; i < kept; i++) {
      tail[i] = ring[(int) ((seen - kept + i) % KEPT_BYTES)];
    }
    int start = 0;
    while (seen > kept && start < kept && isContinuation(tail[start])) {
      start++; // of a character whose beginning is not kept
    }
    return new String(tail, start, kept - start, StandardCharsets.UTF_8).strip();
  }

  private static boolean isContinuation(byte utf8) {
    return (utf8 & 0xc0) == 0x80;
  }
}
