package io.longhaul.packaging.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections that an agent serves beside those that matter. Each is opened again, a second after
 * it was closed. Thread-safe.
 */
final class Crowd implements AutoCloseable {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final int SLOW_BYTES = 10;
  private static final int RECEIVE_BUFFER = 4096;

  private final InetSocketAddress server;
  private final ExecutorService members = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger present = new AtomicInteger();
  private final AtomicInteger greatest = new AtomicInteger();

  /** Creates a crowd without members before the server on this port. */
  Crowd(int port) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** What a member does with an open connection until it is closed. */
  @FunctionalInterface
  private interface Behaviour {
    void on(Socket socket) throws IOException, InterruptedException;
  }

  /** Adds strangers that say nothing at all. */
  void idleStrangers(int count) {
    add(count, () -> connect(), Crowd::idle);
  }

  /** Adds strangers that begin a handshake and go on by a byte in a second. */
  void slowStrangers(int count) {
    add(
        count,
        () -> connect(),
        socket -> {
          /* The header of a record of 16 KiB that says it is a ClientHello. */
          socket.getOutputStream().write(new byte[] {22, 3, 1, 64, 0, 1, 0});
          drip(socket, 0);
        });
  }

  /** Adds members that have made one request and then say nothing. */
  void idleMembers(int count, TlsConfig files) throws ConfigException {
    Tls tls = Tls.open(files, CertificateUse.CONNECT);
    add(
        count,
        () -> encrypted(tls),
        socket -> {
          ask(socket, "v1/agent", "\r\n");
          socket.getInputStream().readNBytes(1);
          idle(socket);
        });
  }

  /** Adds members that say their header by a byte in a second. */
  void slowMembers(int count, TlsConfig files) throws ConfigException {
    Tls tls = Tls.open(files, CertificateUse.CONNECT);
    add(
        count,
        () -> encrypted(tls),
        socket -> {
          ask(socket, "v1/agent", "X: ");
          drip(socket, 'x');
        });
  }

  /** Adds members that read this by ten bytes in a second. */
  void slowReaders(int count, TlsConfig files, String path) throws ConfigException {
    Tls tls = Tls.open(files, CertificateUse.CONNECT);
    add(
        count,
        () -> encrypted(tls),
        socket -> {
          ask(socket, path, "\r\n");
          InputStream in = socket.getInputStream();
          while (in.readNBytes(SLOW_BYTES).length > 0) {
            Thread.sleep(SECOND);
          }
        });
  }

  private static void ask(Socket socket, String path, String rest) throws IOException {
    String request = "GET /" + path + " HTTP/1.1\r\nHost: localhost\r\n" + rest;
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
  }

  private static void idle(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      /* until it is closed */
    }
  }

  private static void drip(Socket socket, int value) throws IOException, InterruptedException {
    while (true) {
      socket.getOutputStream().write(value);
      Thread.sleep(SECOND);
    }
  }

  @FunctionalInterface
  private interface Opening {
    Socket open() throws IOException;
  }

  private Socket connect() throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(RECEIVE_BUFFER);
    socket.connect(server, (int) IDLE.toMillis());
    return socket;
  }

  private Socket encrypted(Tls tls) throws IOException {
    return tls.context()
        .getSocketFactory()
        .createSocket(connect(), server.getHostString(), server.getPort(), true);
  }

  private void add(int count, Opening opening, Behaviour behaviour) {
    for (int i = 0; i < count; i++) {
      members.execute(() -> stay(opening, behaviour));
    }
  }

  private void stay(Opening opening, Behaviour behaviour) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try (Socket socket = opening.open()) {
          greatest.accumulateAndGet(present.incrementAndGet(), Math::max);
          try {
            behaviour.on(socket);
          } finally {
            present.decrementAndGet();
          }
        } catch (IOException e) {
          /* The server has hung up, which is its right. */
        }
        Thread.sleep(SECOND);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the crowd goes home
    }
  }

  /** Returns how many have an open connection at this moment, as far as they know. */
  int present() {
    return present.get();
  }

  /** Returns how many there were at a time at most. */
  int greatest() {
    return greatest.get();
  }

  @Override
  public void close() {
    members.shutdownNow();
    members.close();
  }
}
