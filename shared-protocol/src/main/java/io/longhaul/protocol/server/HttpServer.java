package io.longhaul.protocol.server;

import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.tls.Tls;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.SslClientAuthMode;

/** The HTTP/1.1 server of an agent, plain or over TLS 1.3. Thread-safe. */
public final class HttpServer implements AutoCloseable {
  private static final int IO_THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());
  private static final long MOST_BODY_BYTES = 64 * 1024;
  private static final int MOST_HEADER_BYTES = 16 * 1024;
  private static final int NO_REQUEST_MILLIS = 120_000;
  private static final int REQUEST_MILLIS = 30_000;
  private static final int WRITE_MILLIS = 60_000;
  private static final int BACKLOG = 1024;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final long FAREWELL_MILLIS = 1000;

  private final Undertow undertow;
  private final GracefulShutdownHandler farewell;

  private HttpServer(Undertow undertow, GracefulShutdownHandler farewell) {
    this.undertow = undertow;
    this.farewell = farewell;
  }

  /**
   * Starts to serve.
   *
   * @param tls if given, nothing else is spoken, and whoever shows no good certificate at the
   *     handshake gets no further
   * @throws AgentFailedException if the address cannot be bound
   */
  public static HttpServer start(InetSocketAddress address, Optional<Tls> tls, HttpHandler handler)
      throws AgentFailedException {
    GracefulShutdownHandler farewell = new GracefulShutdownHandler(handler);
    Undertow undertow =
        listener(address, tls)
            .setHandler(farewell)
            .setIoThreads(IO_THREADS)
            .setWorkerThreads(1)
            .setBufferSize(BUFFER_BYTES)
            .setSocketOption(Options.BACKLOG, BACKLOG)
            .setSocketOption(Options.TCP_NODELAY, true)
            .setSocketOption(Options.WRITE_TIMEOUT, WRITE_MILLIS)
            .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
            .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, false)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, MOST_BODY_BYTES)
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MOST_HEADER_BYTES)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, NO_REQUEST_MILLIS)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, REQUEST_MILLIS)
            .build();
    try {
      undertow.start();
    } catch (RuntimeException e) {
      if (e.getCause() instanceof IOException) {
        throw new AgentFailedException(
            "Tried to listen on "
                + address
                + " but "
                + e.getCause().getMessage()
                + "; stop what uses the port, or set listen.host and listen.port to others",
            e);
      }
      throw e;
    }
    return new HttpServer(undertow, farewell);
  }

  private static Undertow.Builder listener(InetSocketAddress address, Optional<Tls> tls) {
    String host = address.getAddress().getHostAddress();
    if (tls.isEmpty()) {
      return Undertow.builder().addHttpListener(address.getPort(), host);
    }
    return Undertow.builder()
        .addHttpsListener(address.getPort(), host, tls.get().context())
        .setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED)
        .setSocketOption(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(Tls.VERSION))
        .setSocketOption(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(tls.get().cipherSuites()))
        .setSocketOption(UndertowOptions.SSL_USER_CIPHER_SUITES_ORDER, true);
  }

  /** Returns the port, which the system chose if port 0 was asked for. */
  public int port() {
    InetSocketAddress bound =
        (InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress();
    return Objects.requireNonNull(bound).getPort();
  }

  /** Refuses new calls, gives those under way a second, and closes all connections. */
  @Override
  public void close() {
    farewell.shutdown();
    try {
      farewell.awaitShutdown(FAREWELL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    undertow.stop();
  }
}
