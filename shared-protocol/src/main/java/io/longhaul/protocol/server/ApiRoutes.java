package io.longhaul.protocol.server;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.audit.Asker;
import io.longhaul.protocol.auth.Authenticator;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.auth.Presented;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RefusalLog;
import io.longhaul.protocol.failure.RefusedException;
import io.longhaul.protocol.wire.FilesystemsHead;
import io.undertow.io.IoCallback;
import io.undertow.io.Receiver.RequestToLargeException;
import io.undertow.io.Sender;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.server.RoutingHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.PathTemplate;
import io.undertow.util.PathTemplateMatcher;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Bodies are read and answers are written asynchronously by the I/O threads; only the endpoint itself
 * runs on a virtual thread. Blocking streams on fresh virtual threads would cost two descriptors per
 * slow reply until the next collection, because XNIO keeps a selector per thread.
 */

/**
 * The routes of one agent: authentication, JSON in and out, problems. Build it, then hand it out.
 */
public final class ApiRoutes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);
  private static final AttachmentKey<Identity> IDENTITY = AttachmentKey.create(Identity.class);

  private static final Set<HttpString> READING = Set.of(Methods.GET, Methods.HEAD);
  private static final HttpString PROTOCOL = new HttpString(ProtocolVersion.HEADER);

  private final Authenticator authenticator;
  private final RefusalLog refusals = new RefusalLog(System::nanoTime);
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final RoutingHandler routes = new RoutingHandler();

  /* The methods of each path, for the Allow header that a 405 must have (RFC 9110 section 15.5.6). */
  private final PathTemplateMatcher<Set<String>> allowed = new PathTemplateMatcher<>();

  /** Creates an agent's routes; everyone must be known to {@code authenticator}. */
  public ApiRoutes(Authenticator authenticator) {
    this.authenticator = authenticator;
    routes.setFallbackHandler(e -> problem(e, Problem.of(ProblemType.NOT_FOUND, "no such path")));
    routes.setInvalidMethodHandler(this::wrongMethod);
  }

  private void wrongMethod(HttpServerExchange exchange) {
    Set<String> methods = allowed.match(exchange.getRelativePath()).getValue();
    exchange.getResponseHeaders().put(Headers.ALLOW, String.join(", ", methods));
    problem(
        exchange,
        Problem.of(
            ProblemType.METHOD_NOT_ALLOWED,
            exchange.getRequestMethod() + " is not for " + exchange.getRequestPath()));
  }

  /**
   * Adds a call that is answered in JSON.
   *
   * @param template the path relative to the base URL, such as {@code v1/sends/{id}}
   */
  public ApiRoutes add(String method, String template, Endpoint endpoint) {
    return raw(method, template, exchange -> receive(exchange, endpoint));
  }

  private void receive(HttpServerExchange exchange, Endpoint endpoint) {
    try {
      Guests.beginCall(exchange, identity(exchange));
    } catch (ProblemException e) {
      turnAway(exchange, e);
      return;
    }
    exchange
        .getRequestReceiver()
        .receiveFullBytes(
            (e, body) -> dispatch(e, () -> answer(e, endpoint, body)), ApiRoutes::unread);
  }

  /** Answers who is not listened to, because of who it is or how much it asks. */
  private void turnAway(HttpServerExchange exchange, ProblemException why) {
    refusals.refused(address(exchange), why.problem().detail());
    problem(exchange, why.problem());
  }

  /** Adds a call that is answered by a handler of its own, on an I/O thread. */
  public ApiRoutes raw(String method, String template, HttpHandler handler) {
    String path = "/" + template;
    routes.add(method, path, handler);
    Set<String> methods = allowed.get(path);
    if (methods == null) {
      allowed.add(path, new TreeSet<>(Set.of(method)));
    } else {
      methods.add(method);
    }
    return this;
  }

  /** Returns the calls that were added, each as its method and the template of its path. */
  public SortedSet<String> calls() {
    SortedSet<String> calls = new TreeSet<>();
    for (PathTemplate path : allowed.getPathTemplates()) {
      for (String method : allowed.get(path.getTemplateString())) {
        calls.add(method + " " + path.getTemplateString());
      }
    }
    return calls;
  }

  /** Runs {@code task} for this exchange on a virtual thread. */
  public void dispatch(HttpServerExchange exchange, Runnable task) {
    exchange.dispatch(tasks, task);
  }

  /** Returns who asks, as this class found out before the handler was called. */
  public static Identity identity(HttpServerExchange exchange) {
    Identity identity = exchange.getAttachment(IDENTITY);
    if (identity == null) {
      throw new IllegalStateException("the exchange did not come through ApiRoutes");
    }
    return identity;
  }

  /** Returns the handler to serve. */
  public HttpHandler handler() {
    return exchange -> {
      Identity identity;
      try {
        identity = authenticator.identify(presented(exchange));
      } catch (ProblemException e) {
        if (e.problem().status() == ProblemType.UNAUTHORIZED.status()) {
          exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
        }
        exchange.setPersistent(false); // the next connection may show another certificate
        turnAway(exchange, e);
        return;
      }
      exchange.putAttachment(IDENTITY, identity);
      exchange.getResponseHeaders().put(PROTOCOL, ProtocolVersion.SPOKEN.header());
      try {
        Guests.admit(exchange, identity);
      } catch (ProblemException e) {
        turnAway(exchange, e);
        return;
      }
      routes.handleRequest(exchange);
    };
  }

  /** Returns who asks, and from where. */
  public static Asker asker(HttpServerExchange exchange) {
    return new Asker(identity(exchange).name(), address(exchange));
  }

  private static String address(HttpServerExchange exchange) {
    return exchange.getSourceAddress().getAddress().getHostAddress();
  }

  private static Presented presented(HttpServerExchange exchange) {
    return new Presented(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION)),
        certificates(exchange.getConnection().getSslSession()));
  }

  private static List<X509Certificate> certificates(@Nullable SSLSession session) {
    if (session == null) {
      return List.of();
    }
    try {
      return Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  private void answer(HttpServerExchange exchange, Endpoint endpoint, byte[] body) {
    try {
      Reply reply =
          endpoint.answer(new ApiCall(exchange, identity(exchange), asker(exchange), body));
      if (reply.body() instanceof JsonLines lines) {
        send(exchange, lines);
      } else {
        send(exchange, reply.status(), "application/json", reply.body());
      }
    } catch (ProblemException e) {
      refuse(exchange, e);
    } catch (IOException | RuntimeException | Error e) {
      fault(exchange, e); // whatever it is, the caller must not wait for its time-out
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem(exchange, Problem.of(ProblemType.NOT_READY, "the agent is stopping"));
    }
  }

  private static void unread(HttpServerExchange exchange, IOException cause) {
    if (cause instanceof RequestTooBigException || cause instanceof RequestToLargeException) {
      exchange.setPersistent(false); // what is left of the body is not read
      problem(exchange, Problem.of(ProblemType.TOO_LARGE, "a body may have 64 KiB"));
    } else {
      exchange.endExchange(); // the asker is gone
    }
  }

  /**
   * Answers with a problem. The audit log says who was refused what, and which call that would have
   * changed something did not.
   */
  public void refuse(HttpServerExchange exchange, ProblemException e) {
    if (e instanceof RefusedException refused) {
      refusals.refused(asker(exchange), refused.wish(), refused.rule(), e.problem());
    } else if (!READING.contains(exchange.getRequestMethod())) {
      String wish = exchange.getRequestMethod() + " " + exchange.getRequestPath();
      refusals.refused(asker(exchange), wish, e.problem().title(), e.problem());
    }
    problem(exchange, e.problem());
  }

  /** Answers 500 and logs why; the asker is not told. */
  public static void fault(HttpServerExchange exchange, @Nullable Throwable cause) {
    LOG.atError()
        .setCause(cause)
        .addKeyValue("method", exchange.getRequestMethod())
        .addKeyValue("path", exchange.getRequestPath())
        .log("call failed");
    problem(exchange, Problem.of(ProblemType.INTERNAL, "see the agent's log"));
  }

  /** Answers with a problem (RFC 9457). */
  public static void problem(HttpServerExchange exchange, Problem problem) {
    if (problem.status() == ProblemType.NOT_READY.status()
        || problem.status() == ProblemType.TOO_MANY_REQUESTS.status()) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
    }
    send(exchange, problem.status(), Problem.MEDIA_TYPE, problem);
  }

  private static void send(HttpServerExchange exchange, int status, String type, Object body) {
    byte[] bytes;
    try {
      bytes = Json.TOLERANT.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new IllegalStateException("a reply cannot be written as JSON", e);
    }
    begin(exchange, status, type);
    exchange.getResponseSender().send(ByteBuffer.wrap(bytes));
  }

  private static void send(HttpServerExchange exchange, JsonLines lines) {
    exchange.addExchangeCompleteListener((_, next) -> {
      lines.sent().run();
      next.proceed();
    });
    begin(exchange, StatusCodes.OK, FilesystemsHead.MEDIA_TYPE);
    long length = lines.pieces().stream().mapToLong(ByteBuffer::remaining).sum();
    exchange.setResponseContentLength(length);
    new Sending(lines.pieces().iterator()).onComplete(exchange, exchange.getResponseSender());
  }

  /** Sends one piece after the other, so that no more than one takes memory outside of the heap. */
  private record Sending(Iterator<ByteBuffer> left) implements IoCallback {
    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
      if (left.hasNext()) {
        sender.send(left.next(), this);
      } else {
        IoCallback.END_EXCHANGE.onComplete(exchange, sender);
      }
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
      IoCallback.END_EXCHANGE.onException(exchange, sender, exception);
    }
  }

  private static void begin(HttpServerExchange exchange, int status, String type) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
    exchange.getResponseHeaders().put(new HttpString("Cache-Control"), "no-store");
  }

  /** Interrupts the calls that are waiting, and waits for them. */
  @Override
  public void close() {
    tasks.shutdownNow();
    tasks.close();
  }
}
