package io.longhaul.sender.http;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.sender.grant.SendGrants;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The pace of each identity whose grant limits the rate. Thread-safe. */
final class Paces {
  private final SendGrants grants;
  private final Map<String, Optional<Pace>> paces = new ConcurrentHashMap<>();

  Paces(SendGrants grants) {
    this.grants = grants;
  }

  /** Returns the pace that {@code reader} must keep; empty if it may be as fast as it can. */
  Optional<Pace> of(Identity reader) {
    return paces.computeIfAbsent(
        reader.name(), name -> grants.rate(name).map(rate -> new Pace(rate, System::nanoTime)));
  }
}
