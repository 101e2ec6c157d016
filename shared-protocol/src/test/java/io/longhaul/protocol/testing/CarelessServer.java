package io.longhaul.protocol.testing;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A server on loopback that shows anything, lets everybody in and counts what it is asked. */
public final class CarelessServer implements AutoCloseable {
  private static final int STATUS = 200;

  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpsServer server;

  /**
   * Starts one.
   *
   * @param version the one version of TLS that it speaks, such as {@code TLSv1.3}
   * @param answer what it answers to everything
   */
  public CarelessServer(TlsConfig shown, String version, String answer)
      throws GeneralSecurityException, IOException, ConfigException {
    SSLContext context = CarelessTls.context(Optional.of(shown));
    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters asked) {
            SSLParameters spoken = getSSLContext().getDefaultSSLParameters();
            spoken.setProtocols(new String[] {version});
            asked.setSSLParameters(spoken);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(STATUS, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.setExecutor(tasks);
    server.start();
  }

  /** Returns its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Returns how many requests it has read. */
  public int requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.stop(0);
    tasks.close();
  }
}
