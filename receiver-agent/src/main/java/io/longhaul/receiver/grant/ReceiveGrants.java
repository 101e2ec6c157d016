package io.longhaul.receiver.grant;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.grant.DatasetGrants;
import io.longhaul.protocol.grant.Decision;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides who may have what received from whom. Immutable.
 *
 * <p>Whoever asks needs a grant, also an administrator. Without a {@code grants} section everything
 * is granted to {@link Identity#LOCAL}, whom only an agent without tokens and certificates knows,
 * and nothing to anybody else.
 */
public final class ReceiveGrants implements DatasetGrants {
  private final Optional<Map<String, ReceiveGrant>> grants;

  /** Creates the decisions of a {@code grants} section, or of a configuration without one. */
  public ReceiveGrants(Optional<List<ReceiveGrant>> section) {
    this.grants =
        section.map(entries ->
            entries.stream()
                .collect(
                    Collectors.toUnmodifiableMap(ReceiveGrant::identity, Function.identity())));
  }

  /** Decides whether {@code creator} may have received what {@code request} says. */
  public Decision decide(Identity creator, ReceiveRequest request) {
    if (isUnrestricted(creator)) {
      return new Decision.Allowed(Quota.UNLIMITED);
    }
    return grant(creator.name())
        .map(grant -> grant.objection(request))
        .orElse(Optional.of("there is no grant for '" + creator.name() + "'"))
        .<Decision>map(Decision.Refused::new)
        .orElseGet(() -> new Decision.Allowed(quota(creator.name())));
  }

  @Override
  public Optional<String> objection(Identity asker, Optional<String> reader, DatasetName root) {
    return objection(asker, grant -> grant.objectionToList(root));
  }

  @Override
  public Optional<Dataset> shown(Identity asker, Optional<String> reader, Dataset dataset) {
    return isUnrestricted(asker)
        ? Optional.of(dataset)
        : grant(asker.name()).flatMap(grant -> grant.shown(dataset));
  }

  @Override
  public Optional<String> objection(Identity asker, Optional<String> reader, ZfsChange change) {
    return objection(asker, grant -> grant.objection(change));
  }

  private Optional<String> objection(
      Identity asker, Function<ReceiveGrant, Optional<String>> objection) {
    return isUnrestricted(asker)
        ? Optional.empty()
        : grant(asker.name())
            .map(objection)
            .orElse(Optional.of("there is no grant for '" + asker.name() + "'"));
  }

  /** Returns whether {@code identity} may know of this sender and ask after it. */
  public boolean hasPeer(Identity identity, String peer) {
    return isUnrestricted(identity)
        || grant(identity.name()).filter(grant -> grant.hasPeer(peer)).isPresent();
  }

  /** Returns how much of the agent {@code identity} may take. */
  public Quota quota(String identity) {
    return grant(identity).map(ReceiveGrant::quota).orElse(Quota.UNLIMITED);
  }

  private boolean isUnrestricted(Identity identity) {
    return grants.isEmpty() && identity.equals(Identity.LOCAL);
  }

  private Optional<ReceiveGrant> grant(String identity) {
    return grants.map(entries -> entries.get(identity));
  }
}
