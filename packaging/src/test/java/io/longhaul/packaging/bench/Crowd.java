package io.longhaul.packaging.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
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
  private static final String AGENT = "v1/agent";
  private static final int ANSWER = 16 * 1024;
  private static final int SLOW_BYTES = 10;
  private static final int RECEIVE_BUFFER = 4096;

  private final InetSocketAddress server;
  private final ExecutorService members = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger present = new AtomicInteger();
  private final AtomicInteger greeted = new AtomicInteger();

  /** Creates a crowd without members before the server on this port. */
  Crowd(int port) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** What one does with an open connection until it is closed. */
  @FunctionalInterface
  private interface Behaviour {
    void on(Socket socket) throws IOException, InterruptedException;
  }

  @FunctionalInterface
  private interface Opening {
    Socket open() throws IOException;
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
    addMembers(count, files, Crowd::idle);
  }

  /** Adds members that say the header of their second request by a byte in a second. */
  void slowMembers(int count, TlsConfig files) throws ConfigException {
    addMembers(
        count,
        files,
        socket -> {
          ask(socket, AGENT, "X: ");
          drip(socket, 'x');
        });
  }

  /** Adds members that read this by ten bytes in a second. */
  void slowReaders(int count, TlsConfig files, String path) throws ConfigException {
    addMembers(
        count,
        files,
        socket -> {
          ask(socket, path, "\r\n");
          while (socket.getInputStream().readNBytes(SLOW_BYTES).length > 0) {
            Thread.sleep(SECOND);
          }
        });
  }

  private void addMembers(int count, TlsConfig files, Behaviour behaviour) throws ConfigException {
    Tls tls = Tls.open(files, CertificateUse.CONNECT);
    add(
        count,
        () -> encrypted(tls),
        socket -> {
          ask(socket, AGENT, "Connection: keep-alive\r\n\r\n");
          if (socket.getInputStream().read(new byte[ANSWER]) > 0) {
            greeted.incrementAndGet();
            try {
              behaviour.on(socket);
            } finally {
              greeted.decrementAndGet();
            }
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
          present.incrementAndGet();
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

  /** Returns how many of them have had an answer and are still connected. */
  int greeted() {
    return greeted.get();
  }

  @Override
  public void close() {
    members.shutdownNow();
    members.close();
  }
}
