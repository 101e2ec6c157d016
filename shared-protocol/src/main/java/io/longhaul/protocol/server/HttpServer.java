package io.longhaul.protocol.server;

import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.tls.Tls;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
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

/*
 * Put together by hand, because Undertow's own builder lets nobody see a connection before its first request.
 *
 * WRITE_TIMEOUT and READ_TIMEOUT are not set: they count from one byte to the next, so nobody who sends or takes
 * a byte now and then is too slow for them. Guests looks after both.
 */

/** The HTTP/1.1 server of an agent, plain or over TLS 1.3. Thread-safe. */
public final class HttpServer implements AutoCloseable {
  private static final int IO_THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());
  private static final long MOST_BODY_BYTES = 64 * 1024;
  private static final int MOST_HEADER_BYTES = 16 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final int MOST_PARAMETERS = 20;
  private static final int BACKLOG = 1024;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int BUFFERS_OF_A_THREAD = 4;
  private static final int MOST_LINGERING = 64;
  private static final long FAREWELL_MILLIS = 1000;

  /* RFC 9110 section 5.6.7. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final Xnio XNIO = Xnio.getInstance(HttpServer.class.getClassLoader());

  private final XnioWorker worker;
  private final AcceptingChannel<StreamConnection> door;
  private final GracefulShutdownHandler farewell;

  private HttpServer(
      XnioWorker worker,
      AcceptingChannel<StreamConnection> door,
      GracefulShutdownHandler farewell) {
    this.worker = worker;
    this.door = door;
    this.farewell = farewell;
  }

  /**
   * Starts to serve within the usual limits.
   *
   * @throws AgentFailedException if the address cannot be bound
   */
  public static HttpServer start(InetSocketAddress address, Optional<Tls> tls, HttpHandler handler)
      throws AgentFailedException {
    return start(address, tls, Limits.DEFAULT, handler);
  }

  /**
   * Starts to serve.
   *
   * @param tls if given, nothing else is spoken, and whoever shows no good certificate at the
   *     handshake gets no further
   * @param handler has {@link ApiRoutes} in it, or all connections stay those of strangers
   * @throws AgentFailedException if the address cannot be bound
   */
  public static HttpServer start(
      InetSocketAddress address, Optional<Tls> tls, Limits limits, HttpHandler handler)
      throws AgentFailedException {
    return start(address, tls, new Guests(limits, Patience.USUAL, System::nanoTime), handler);
  }

  static HttpServer start(
      InetSocketAddress address, Optional<Tls> tls, Guests guests, HttpHandler handler)
      throws AgentFailedException {
    GracefulShutdownHandler farewell = new GracefulShutdownHandler(dated(guests.before(handler)));
    HttpOpenListener http = new HttpOpenListener(buffers(), behaviour(guests.patience()));
    http.setRootHandler(farewell);
    ChannelListener<StreamConnection> plain =
        connection -> {
          guests.arrive(connection);
          http.handleEvent(connection);
        };
    ChannelListener<StreamConnection> opened =
        tls.isPresent() ? encrypted(tls.get(), plain) : plain;
    XnioWorker worker = null;
    try {
      worker = XNIO.createWorker(threads());
      AcceptingChannel<StreamConnection> door =
          worker.createStreamConnectionServer(
              address, ChannelListeners.openListenerAdapter(opened), sockets());
      door.resumeAccepts();
      return new HttpServer(worker, door, farewell);
    } catch (IOException e) {
      if (worker != null) {
        worker.shutdownNow();
      }
      throw new AgentFailedException(
          "Tried to listen on "
              + address
              + " but "
              + e.getMessage()
              + "; stop what uses the port, or set listen.host and listen.port to others",
          e);
    }
  }

  /* Undertow's own date stands still when the server has been closed whose timer would change it. */
  private static HttpHandler dated(HttpHandler next) {
    return exchange -> {
      exchange.getResponseHeaders().put(Headers.DATE, DATE.format(Instant.now()));
      next.handleRequest(exchange);
    };
  }

  private static ByteBufferPool buffers() {
    return new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_OF_A_THREAD);
  }

  private static OptionMap threads() {
    return OptionMap.builder()
        .set(Options.WORKER_IO_THREADS, IO_THREADS)
        .set(Options.WORKER_TASK_CORE_THREADS, 1)
        .set(Options.WORKER_TASK_MAX_THREADS, 1) // handshakes: they cannot take all processors
        .getMap();
  }

  private static OptionMap behaviour(Patience patience) {
    return OptionMap.builder()
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
        .set(UndertowOptions.ALWAYS_SET_DATE, false)
        .set(UndertowOptions.MAX_ENTITY_SIZE, MOST_BODY_BYTES)
        .set(UndertowOptions.MAX_HEADER_SIZE, MOST_HEADER_BYTES)
        .set(UndertowOptions.MAX_HEADERS, MOST_HEADERS)
        .set(UndertowOptions.MAX_PARAMETERS, MOST_PARAMETERS)
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) patience.idle().toMillis())
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) patience.request().toMillis())
        .getMap();
  }

  private static OptionMap sockets() {
    return OptionMap.builder()
        .set(Options.WORKER_IO_THREADS, IO_THREADS)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.TCP_NODELAY, true)
        .set(Options.BACKLOG, BACKLOG)
        .set(Options.BALANCING_TOKENS, 1)
        .set(Options.BALANCING_CONNECTIONS, 2)
        .getMap();
  }

  private static ChannelListener<StreamConnection> encrypted(
      Tls tls, ChannelListener<StreamConnection> plain) {
    UndertowXnioSsl encryption = new UndertowXnioSsl(XNIO, OptionMap.EMPTY, tls.context());
    Semaphore lingering = new Semaphore(MOST_LINGERING);
    OptionMap options =
        OptionMap.builder()
            .set(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED)
            .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(Tls.VERSION))
            .set(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(tls.cipherSuites()))
            .set(UndertowOptions.SSL_USER_CIPHER_SUITES_ORDER, true)
            .getMap();
    return socket ->
        plain.handleEvent(
            encryption.wrapExistingConnection(
                new LingeringConnection(socket, lingering), options, false));
  }

  /** Returns the port, which the system chose if port 0 was asked for. */
  public int port() {
    return Objects.requireNonNull(door.getLocalAddress(InetSocketAddress.class)).getPort();
  }

  /** Refuses new calls, gives those under way a second, and closes all connections. */
  @Override
  public void close() {
    if (worker.isShutdown()) {
      return; // to close the door again would wait for ever
    }
    farewell.shutdown();
    try {
      farewell.awaitShutdown(FAREWELL_MILLIS);
      IoUtils.safeClose(door);
      worker.shutdown();
      worker.awaitTermination();
    } catch (InterruptedException e) {
      worker.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
