package io.longhaul.protocol.server;

import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/**
 * One connection, and what it is doing. Its I/O thread looks at it from time to time and says when
 * there is no more waiting for it.
 */
final class Guest {
  private final StreamConnection connection;
  private final String address;
  private final Patience patience;
  private final LongSupplier nanos;
  private final long arrived;

  private volatile boolean known;
  private volatile @Nullable HttpServerExchange exchange;
  private volatile boolean leaving;

  /* When it last began or ended a request or took bytes. */
  private volatile long lastSign;
  private volatile long began;

  /* Of the I/O thread. */
  private long sent;
  private long sentThen;
  private long then;

  Guest(StreamConnection connection, Patience patience, LongSupplier nanos) {
    this.connection = connection;
    this.patience = patience;
    this.nanos = nanos;
    this.arrived = nanos.getAsLong();
    this.lastSign = arrived;
    this.then = arrived;
    InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
    this.address = peer == null ? "unknown" : peer.getAddress().getHostAddress();
  }

  /** Returns where it connects from. */
  String address() {
    return address;
  }

  /** Returns whether it has told who it is; else it is a stranger. */
  boolean isKnown() {
    return known;
  }

  /** Makes a stranger known. */
  void becomeKnown() {
    known = true;
  }

  /** Notes that a request has come; its header is there. */
  void begin(HttpServerExchange request) {
    began = nanos.getAsLong();
    lastSign = began;
    exchange = request;
    request.addExchangeCompleteListener((ended, next) -> {
      exchange = null;
      leaving = !ended.isPersistent();
      lastSign = nanos.getAsLong();
      next.proceed();
    });
  }

  /** Returns for how many nanoseconds there was no sign of it. */
  long silence() {
    return nanos.getAsLong() - lastSign;
  }

  /** Has {@link #look} called again and again until the connection is closed. */
  XnioExecutor.Key watch(Runnable look) {
    return connection
        .getIoThread()
        .executeAtInterval(look, patience.lookEvery().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Returns why it has to go; empty if it may stay. */
  Optional<String> look() {
    long now = nanos.getAsLong();
    HttpServerExchange current = exchange;
    if (!known) {
      return late(now - arrived > patience.introduction().toNanos(), "has not told who it is");
    }
    if (current == null) {
      return late(
          leaving && now - lastSign > patience.introduction().toNanos(), "does not take its end");
    }
    if (!current.isRequestComplete()) {
      return late(now - began > patience.request().toNanos(), "has not sent its body");
    }
    if (!current.isResponseStarted()) {
      then = now; // it waits for us
      sent = 0;
      sentThen = 0;
      return Optional.empty();
    }
    return late(takesTooLittle(current, now), "takes too little of its answer");
  }

  private boolean takesTooLittle(HttpServerExchange current, long now) {
    if (then - began < 0) {
      then = began;
      sent = 0;
      sentThen = 0;
    }
    if (current.getResponseBytesSent() > sent) {
      sent = current.getResponseBytesSent();
      lastSign = now;
    }
    if (now - then <= patience.within().toNanos()) {
      return false;
    }
    boolean tooLittle = sent - sentThen < patience.least();
    then = now;
    sentThen = sent;
    return tooLittle;
  }

  private static Optional<String> late(boolean over, String why) {
    return over ? Optional.of("a connection that " + why + " in time") : Optional.empty();
  }

  /** Closes the connection, by its I/O thread. */
  void sendAway() {
    connection.getIoThread().execute(() -> IoUtils.safeClose(connection));
  }
}
