package io.longhaul.packaging.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A link to one port on this machine that can be slow, be cut and come back: a TCP proxy on
 * loopback.
 *
 * <p>It reads the request lines that go by, so that a test can tell what was asked for, and when.
 * Thread-safe.
 */
public final class LoopbackLink implements AutoCloseable {
  private static final int BUFFER = 64 << 10;
  private static final int LEAST_FLIPPED = 16 << 10;
  private static final Pattern CHUNK = Pattern.compile("GET /v1/sends/[^/ ]+/chunks/(\\d+) HTTP");

  /** What the link does with bytes and connections. */
  private enum Mode {
    CARRYING,
    /** Nothing moves, nobody is told: a cable that is out. */
    CUT,
    /** Connections are reset and new ones refused: a machine that restarts. */
    REFUSING
  }

  private final int target;
  private final long bytesPerSecond;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;

  /* All below: guarded by lock. */
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Long> requested = new ArrayList<>();
  private Optional<ServerSocket> server = Optional.empty();
  private Future<?> acceptor = CompletableFuture.completedFuture(null);
  private Mode mode = Mode.CARRYING;
  private long nextSlotNanos = System.nanoTime();
  private long carriedBytes;
  private boolean flipping;

  private LoopbackLink(int target, long bytesPerSecond) throws IOException {
    this.target = target;
    this.bytesPerSecond = bytesPerSecond;
    this.port = listen(0);
  }

  /**
   * Opens a link.
   *
   * @param target the port that it leads to
   * @param bytesPerSecond what it carries back from there, over all connections
   */
  public static LoopbackLink to(int target, long bytesPerSecond) throws IOException {
    return new LoopbackLink(target, bytesPerSecond);
  }

  /** Returns the near end's port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Pulls the cable: nothing moves any more and nobody is told. */
  public void cut() {
    become(Mode.CUT);
  }

  /** Resets all connections and refuses new ones. */
  public void refuse() throws IOException {
    become(Mode.REFUSING);
    unlisten();
    reset();
  }

  /** Damages one bit of what comes back next; of a chunk, since it leaves small replies alone. */
  public void flipBit() {
    lock.lock();
    try {
      flipping = true;
    } finally {
      lock.unlock();
    }
  }

  /** Carries again; what was under way when the link was cut goes on. */
  public void restore() throws IOException {
    lock.lock();
    try {
      if (server.isEmpty()) {
        listen(port);
      }
    } finally {
      lock.unlock();
    }
    become(Mode.CARRYING);
  }

  /** Returns how many bytes came back from the target, since the start. */
  public long carriedBytes() {
    lock.lock();
    try {
      return carriedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the numbers of the chunks that were asked for, in order, since the start. */
  public List<Long> requestedChunks() {
    lock.lock();
    try {
      return List.copyOf(requested);
    } finally {
      lock.unlock();
    }
  }

  private void become(Mode next) {
    lock.lock();
    try {
      mode = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private int listen(int at) throws IOException {
    var socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
    server = Optional.of(socket);
    acceptor = tasks.submit(() -> accept(socket));
    return socket.getLocalPort();
  }

  private void unlisten() throws IOException {
    lock.lock();
    try {
      if (server.isPresent()) {
        server.get().close();
        server = Optional.empty();
        acceptor.get(); // the port is free only when nobody waits in accept() any more
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while closing port " + port);
    } catch (ExecutionException e) {
      throw new IOException("accepting on port " + port + " failed", e);
    } finally {
      lock.unlock();
    }
  }

  private void accept(ServerSocket socket) {
    try (socket) {
      while (true) {
        Socket near = socket.accept();
        open.add(near);
        tasks.execute(() -> join(near));
      }
    } catch (IOException e) {
      return; // closed by unlisten()
    }
  }

  private void join(Socket near) {
    try (near;
        var far = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(far);
      if (isRefusing()) {
        return;
      }
      var there =
          tasks.submit(() -> {
            carry(near, far, false);
            return true;
          });
      carry(far, near, true);
      there.get();
    } catch (Exception e) {
      return; // the connection is over, whoever ended it
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  private boolean isRefusing() {
    lock.lock();
    try {
      return mode == Mode.REFUSING;
    } finally {
      lock.unlock();
    }
  }

  /** Copies one direction until its end. */
  private void carry(Socket from, Socket to, boolean back) throws Exception {
    var buffer = new byte[BUFFER];
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (back) {
        pace(n);
        flip(buffer, n);
      } else {
        note(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
      }
      awaitCarrying();
      out.write(buffer, 0, n);
    }
    awaitCarrying();
    to.shutdownOutput();
  }

  private void flip(byte[] buffer, int length) {
    lock.lock();
    try {
      if (flipping && length > LEAST_FLIPPED) {
        flipping = false;
        buffer[length - 1] ^= 1;
      }
    } finally {
      lock.unlock();
    }
  }

  private void note(String bytes) {
    Matcher requests = CHUNK.matcher(bytes);
    lock.lock();
    try {
      while (requests.find()) {
        requested.add(Long.valueOf(requests.group(1)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for this many bytes' turn on the link. */
  private void pace(int bytes) throws InterruptedException {
    long wait;
    lock.lock();
    try {
      long now = System.nanoTime();
      wait = Math.max(0, nextSlotNanos - now);
      nextSlotNanos = now + wait + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
      carriedBytes += bytes;
    } finally {
      lock.unlock();
    }
    TimeUnit.NANOSECONDS.sleep(wait);
  }

  private void awaitCarrying() throws InterruptedException {
    lock.lock();
    try {
      while (mode == Mode.CUT) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Resets all connections; new ones are taken at once. */
  public void reset() throws IOException {
    /* All first: when one is closed, the thread that carries its bytes closes the other. */
    for (Socket socket : open) {
      endByReset(socket);
    }
    for (Socket socket : open) {
      socket.close();
    }
  }

  private static void endByReset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      return; // closed by its own end meanwhile
    }
  }

  @Override
  public void close() throws IOException {
    unlisten();
    reset();
    tasks.shutdownNow();
    tasks.close();
  }
}
