package io.longhaul.protocol.server;

import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.tls.Tls;
import io.undertow.UndertowOptions;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.SslClientAuthMode;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

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
  private static final int KEPT_BUFFERS = 4; // by each I/O thread
  private static final long FAREWELL_MILLIS = 1000;

  private static final Xnio XNIO = Xnio.getInstance(HttpServer.class.getClassLoader());
  private static final OptionMap WORKER =
      OptionMap.builder()
          .set(Options.WORKER_IO_THREADS, IO_THREADS)
          .set(Options.WORKER_TASK_CORE_THREADS, 1)
          .set(Options.WORKER_TASK_MAX_THREADS, 1)
          .getMap();
  private static final OptionMap SOCKETS =
      OptionMap.builder()
          .set(Options.BACKLOG, BACKLOG)
          .set(Options.REUSE_ADDRESSES, true)
          .set(Options.TCP_NODELAY, true)
          .set(Options.WRITE_TIMEOUT, WRITE_MILLIS)
          .getMap();
  private static final OptionMap HTTP =
      OptionMap.builder()
          .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
          .set(UndertowOptions.MAX_ENTITY_SIZE, MOST_BODY_BYTES)
          .set(UndertowOptions.MAX_HEADER_SIZE, MOST_HEADER_BYTES)
          .set(UndertowOptions.NO_REQUEST_TIMEOUT, NO_REQUEST_MILLIS)
          .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, REQUEST_MILLIS)
          .getMap();

  private final XnioWorker worker;
  private final AcceptingChannel<StreamConnection> entrance;
  private final GracefulShutdownHandler farewell;

  private HttpServer(
      XnioWorker worker,
      AcceptingChannel<StreamConnection> entrance,
      GracefulShutdownHandler farewell) {
    this.worker = worker;
    this.entrance = entrance;
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
    HttpOpenListener http =
        new HttpOpenListener(new DefaultByteBufferPool(true, BUFFER_BYTES, -1, KEPT_BUFFERS), HTTP);
    http.setRootHandler(farewell);
    ChannelListener<StreamConnection> opened = tls.isPresent() ? encrypted(tls.get(), http) : http;
    XnioWorker worker = worker();
    try {
      AcceptingChannel<StreamConnection> entrance =
          worker.createStreamConnectionServer(
              address, ChannelListeners.openListenerAdapter(opened), SOCKETS);
      entrance.resumeAccepts();
      return new HttpServer(worker, entrance, farewell);
    } catch (IOException e) {
      worker.shutdownNow();
      throw new AgentFailedException(
          "Tried to listen on "
              + address
              + " but "
              + e.getMessage()
              + "; stop what uses the port, or set listen.host and listen.port to others",
          e);
    }
  }

  private static XnioWorker worker() {
    try {
      return XNIO.createWorker(WORKER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChannelListener<StreamConnection> encrypted(Tls tls, HttpOpenListener http) {
    UndertowXnioSsl encryption = new UndertowXnioSsl(XNIO, OptionMap.EMPTY, tls.context());
    OptionMap options =
        OptionMap.builder()
            .set(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED)
            .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(Tls.VERSION))
            .set(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(tls.cipherSuites()))
            .set(UndertowOptions.SSL_USER_CIPHER_SUITES_ORDER, true)
            .getMap();
    return socket ->
        http.handleEvent(
            encryption.wrapExistingConnection(new LingeringConnection(socket), options, false));
  }

  /** Returns the port, which the system chose if port 0 was asked for. */
  public int port() {
    return entrance.getLocalAddress(InetSocketAddress.class).getPort();
  }

  /** Refuses new calls, gives those under way a second, closes all connections; once is enough. */
  @Override
  public void close() {
    farewell.shutdown();
    try {
      farewell.awaitShutdown(FAREWELL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!worker.isShutdown()) {
      IoUtils.safeClose(entrance); // waits for the worker, which must be there
      worker.shutdown();
    }
    try {
      worker.awaitTermination();
    } catch (InterruptedException e) {
      worker.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
