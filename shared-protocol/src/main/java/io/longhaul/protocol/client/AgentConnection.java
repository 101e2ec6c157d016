package io.longhaul.protocol.client;

import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.tls.CertificateRefusal;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import java.io.IOException;
import java.net.ProtocolException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.TlsVersion;

/**
 * How to reach one agent: a client that speaks HTTP/1.1, follows no redirect, retries nothing by
 * itself and asks for no compression, and the base of all requests. Immutable and thread-safe.
 */
public final class AgentConnection {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration READ = Duration.ofSeconds(10);
  private static final int IDLE_MINUTES = 5;
  private static final String CONTENT_LENGTH = "Content-Length";
  private static final String RETRY_AFTER = "Retry-After";
  private static final Pattern USABLE_WAIT = Pattern.compile("[1-9]\\d{0,8}");
  private static final Pattern USABLE_LENGTH = Pattern.compile("\\d{1,18}");

  private final String program;
  private final HttpUrl base;
  private final Optional<String> authorization;
  private final OkHttpClient client;

  AgentConnection(
      String program, HttpUrl base, Optional<String> authorization, OkHttpClient client) {
    this.program = program;
    this.base = base;
    this.authorization = authorization;
    this.client = client;
  }

  /**
   * Prepares to talk to an agent; connects to nobody yet.
   *
   * @param program who talks, for messages: {@code "receiver-agent"}
   * @param address one without {@linkplain AgentAddress#problems problems}
   * @param tls who we are at an {@code https} address that wants no token, and whom we believe
   *     there
   * @param idleConnections how many idle connections to keep, for 5 minutes
   * @throws ConfigException if the token file cannot be used
   */
  public static AgentConnection to(
      String program, AgentAddress address, Optional<Tls> tls, int idleConnections)
      throws ConfigException {
    Optional<String> authorization = Optional.empty();
    if (address.tokenFile().isPresent()) {
      authorization = Optional.of("Bearer " + TokenFile.read(address.tokenFile().get()));
    }
    HttpUrl url = Objects.requireNonNull(HttpUrl.get(address.url()), "checked with the file");
    HttpUrl base = url.newBuilder().addPathSegment("").build(); // else its last part is lost
    OkHttpClient.Builder client =
        new OkHttpClient.Builder()
            .protocols(List.of(Protocol.HTTP_1_1))
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .connectTimeout(CONNECT)
            .readTimeout(READ)
            .writeTimeout(READ)
            .addNetworkInterceptor(AgentConnection::usable)
            .connectionPool(new ConnectionPool(idleConnections, IDLE_MINUTES, TimeUnit.MINUTES));
    if (address.byCertificate()) {
      tls.ifPresent(used -> encrypt(client, used));
    }
    return new AgentConnection(program, base, authorization, client.build());
  }

  private static void encrypt(OkHttpClient.Builder client, Tls tls) {
    client
        .sslSocketFactory(tls.context().getSocketFactory(), tls.trust())
        .connectionSpecs(
            List.of(
                new ConnectionSpec.Builder(ConnectionSpec.RESTRICTED_TLS)
                    .tlsVersions(TlsVersion.TLS_1_3)
                    .cipherSuites(tls.cipherSuites().toArray(String[]::new))
                    .build()))
        .addNetworkInterceptor(chain -> onlyWhileBothAreGood(chain, tls));
  }

  /* A connection may be older than what the files say by now. */
  private static Response onlyWhileBothAreGood(Interceptor.Chain chain, Tls tls)
      throws IOException {
    SSLSocket socket = (SSLSocket) Objects.requireNonNull(chain.connection()).socket();
    try {
      tls.requireOwn();
      tls.require(
          Arrays.stream(socket.getSession().getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toList(),
          CertificateUse.LISTEN);
    } catch (CertificateException e) {
      throw new SSLException(e.getMessage(), e);
    }
    return chain.proceed(chain.request());
  }

  /*
   * OkHttp repeats a request by itself after a 503 with Retry-After: 0, and throws an unchecked
   * exception at one that is no int, as it does at a Content-Length below 0. It never sees any of them.
   */
  private static Response usable(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String length = response.header(CONTENT_LENGTH);
    if (length != null && !USABLE_LENGTH.matcher(length).matches()) {
      throw new ProtocolException("the answer's Content-Length is '" + length + "'");
    }
    String wait = response.header(RETRY_AFTER);
    return wait == null || USABLE_WAIT.matcher(wait).matches()
        ? response
        : response.newBuilder().removeHeader(RETRY_AFTER).build();
  }

  /** Returns the client; derive from it for other time-outs, so that connections are shared. */
  public OkHttpClient client() {
    return client;
  }

  /** Returns a request for {@code path}, relative to the base, which may carry a query. */
  public Request.Builder request(String path) {
    HttpUrl url = Objects.requireNonNull(base.resolve(path), path);
    Request.Builder request = new Request.Builder().url(url).header("Accept-Encoding", "identity");
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  /**
   * Goes on if the agent that answered speaks a version of the protocol that we speak, or says
   * nothing of it, as a proxy does.
   *
   * @param what what was tried, for the message: {@code "fetch chunk 4 of session …"}
   * @throws SessionPausedException if it does not; whatever else it answered means nothing then
   */
  public void requireCommonVersion(String what, Response response) throws SessionPausedException {
    Optional<String> gap =
        ProtocolVersion.announced(response.header(ProtocolVersion.HEADER))
            .flatMap(theirs ->
                ProtocolVersion.SPOKEN.gap("the " + program, "the agent at " + base, theirs));
    if (gap.isPresent()) {
      throw new SessionPausedException(
          FailureKind.INCOMPATIBLE, "Tried to " + what + " but " + gap.get());
    }
  }

  /**
   * Returns what to throw for a call that brought no answer: a {@link SessionPausedException} if
   * one side does not accept the other's certificate, else a {@link RetryableException}.
   *
   * @param what what was tried, for the message: {@code "fetch chunk 4 of session …"}
   */
  public static TransferException unanswered(String what, IOException failure) {
    return CertificateRefusal.in(failure)
        .<TransferException>map(why ->
            new SessionPausedException(
                FailureKind.CERTIFICATE_REFUSED, "Tried to " + what + " but " + why))
        .orElseGet(() ->
            new RetryableException("Tried to " + what + " but " + failure.getMessage(), failure));
  }

  /** Returns the agent's URL, for messages. */
  @Override
  public String toString() {
    return base.toString();
  }
}
