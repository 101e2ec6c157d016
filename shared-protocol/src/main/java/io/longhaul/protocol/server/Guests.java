package io.longhaul.protocol.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RefusalLog;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/*
 * A newcomer is never turned away for the sake of strangers: the oldest of them goes. Whoever is honest needs
 * a few round trips to tell who it is, and whoever wants to keep it out has to open more connections than
 * there are places within that time.
 *
 * An identity that has all its connections may have left some behind: after an outage the old ones look alive
 * from here for minutes. So one that has given no sign for long makes room; only when there is none such is
 * the new one refused.
 */

/**
 * The connections of a server: a stranger's until its first good request, then of the identity that
 * made it. Keeps them within {@link Limits} and {@link Patience}. Thread-safe.
 */
final class Guests {
  /** Longer than a long poll, which gives no sign while it waits. */
  private static final Duration LEFT_BEHIND = Duration.ofSeconds(45);

  private static final AttachmentKey<Visit> VISIT = AttachmentKey.create(Visit.class);

  private final Limits limits;
  private final Patience patience;
  private final LongSupplier nanos;
  private final RefusalLog refusals;
  private final Map<StreamConnection, Guest> all = new ConcurrentHashMap<>();

  /* By age. */
  @GuardedBy("this")
  private final Set<Guest> strangers = new LinkedHashSet<>();

  @GuardedBy("this")
  private final Map<Identity, Group> groups = new HashMap<>();

  private record Group(Allowance allowance, Set<Guest> guests) {}

  private record Visit(Guests house, Guest guest) {}

  Guests(Limits limits, Patience patience, LongSupplier nanos) {
    this.limits = limits;
    this.patience = patience;
    this.nanos = nanos;
    this.refusals = new RefusalLog(nanos);
  }

  /** Returns how long its clients are waited for. */
  Patience patience() {
    return patience;
  }

  /** Takes in a connection that was accepted a moment ago. */
  void arrive(StreamConnection connection) {
    Guest guest = new Guest(connection, patience, nanos);
    all.put(connection, guest);
    seat(guest)
        .ifPresent(oldest -> {
          refusals.refused(
              oldest.address(),
              "more connections than limits.strangers that have not told who they are");
          oldest.sendAway();
        });
    XnioExecutor.Key watch = guest.watch(() -> look(guest));
    connection.setCloseListener(_ -> {
      watch.remove();
      leave(connection, guest);
    });
  }

  /** Returns who has to go for the newcomer. */
  private synchronized Optional<Guest> seat(Guest newcomer) {
    long neighbours =
        strangers.stream().filter(other -> other.address().equals(newcomer.address())).count();
    Optional<Guest> oldest =
        neighbours >= limits.strangers() / 2
            ? strangers.stream()
                .filter(other -> other.address().equals(newcomer.address()))
                .findFirst()
            : strangers.stream().findFirst().filter(_ -> strangers.size() >= limits.strangers());
    oldest.ifPresent(strangers::remove);
    strangers.add(newcomer);
    return oldest;
  }

  private synchronized void leave(StreamConnection connection, Guest guest) {
    all.remove(connection);
    strangers.remove(guest);
    groups.values().forEach(group -> group.guests().remove(guest));
  }

  private void look(Guest guest) {
    guest
        .look()
        .ifPresent(why -> {
          refusals.refused(guest.address(), why);
          guest.sendAway();
        });
  }

  /** Returns the handler that tells {@code next} whose connection a request came on. */
  HttpHandler before(HttpHandler next) {
    return exchange -> {
      StreamConnection connection =
          ((AbstractServerConnection) exchange.getConnection()).getChannel();
      Guest guest = all.get(connection);
      if (guest == null) {
        IoUtils.safeClose(connection); // it is being closed
        return;
      }
      exchange.putAttachment(VISIT, new Visit(this, guest));
      guest.begin(exchange);
      next.handleRequest(exchange);
    };
  }

  /**
   * Takes in a request of this identity.
   *
   * @throws ProblemException if it has all its connections or has made too many requests
   */
  static void admit(HttpServerExchange exchange, Identity identity) throws ProblemException {
    Visit visit = visit(exchange);
    visit.house().admit(exchange, visit.guest(), identity);
  }

  private static Visit visit(HttpServerExchange exchange) {
    return Objects.requireNonNull(exchange.getAttachment(VISIT), "not served by HttpServer");
  }

  private void admit(HttpServerExchange exchange, Guest guest, Identity identity)
      throws ProblemException {
    if (!guest.isKnown() && !introduce(guest, identity)) {
      exchange.setPersistent(false);
      throw tooMany(identity, "connections", limits.connections());
    }
    if (!group(identity).allowance().takeRequest(nanos.getAsLong())) {
      throw tooMany(identity, "requests in a second", limits.requestsPerSecond());
    }
  }

  private synchronized Group group(Identity identity) {
    return groups.computeIfAbsent(
        identity, _ -> new Group(new Allowance(limits, nanos.getAsLong()), new HashSet<>()));
  }

  /** Returns false if the identity has all its connections. */
  private boolean introduce(Guest guest, Identity identity) {
    Optional<Guest> leftBehind;
    synchronized (this) {
      Set<Guest> guests = group(identity).guests();
      boolean full = guests.size() >= limits.connections();
      leftBehind = full ? leftBehind(guests) : Optional.empty();
      if (full && leftBehind.isEmpty()) {
        return false;
      }
      leftBehind.ifPresent(guests::remove);
      if (strangers.remove(guest)) {
        guests.add(guest);
      }
    }
    leftBehind.ifPresent(Guest::sendAway);
    guest.becomeKnown();
    return true;
  }

  private static Optional<Guest> leftBehind(Set<Guest> guests) {
    return guests.stream()
        .filter(guest -> guest.silence() > LEFT_BEHIND.toNanos())
        .max(Comparator.comparingLong(Guest::silence));
  }

  /**
   * Counts a call that is answered by an {@link Endpoint}, until it is over.
   *
   * @throws ProblemException if its identity has too many under way
   */
  static void beginCall(HttpServerExchange exchange, Identity identity) throws ProblemException {
    Guests house = visit(exchange).house();
    Allowance allowance = house.group(identity).allowance();
    if (!allowance.takeCall()) {
      throw tooMany(identity, "calls at a time", house.limits.calls());
    }
    exchange.addExchangeCompleteListener((_, next) -> {
      allowance.endCall();
      next.proceed();
    });
  }

  private static ProblemException tooMany(Identity identity, String what, int limit) {
    return new ProblemException(
        ProblemType.TOO_MANY_REQUESTS,
        "'%s' may have %d %s here; wait a little, or raise limits in this agent's configuration"
            .formatted(identity.name(), limit, what));
  }
}
