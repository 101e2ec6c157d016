package io.longhaul.sender.grant;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.DatasetGrants;
import io.longhaul.protocol.grant.Decision;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides who may have what sent to whom. Immutable.
 *
 * <p>The reader needs a grant, because the data goes to it; so does whoever asks for it, unless he
 * is the reader himself or an administrator, who starts what others may read. Without a {@code
 * grants} section everything is granted to {@link Identity#LOCAL}, whom only an agent without
 * tokens and certificates knows, and nothing to anybody else.
 */
public final class SendGrants implements DatasetGrants {
  private final Optional<Map<String, SendGrant>> grants;

  /** Creates the decisions of a {@code grants} section, or of a configuration without one. */
  public SendGrants(Optional<List<SendGrant>> section) {
    this.grants =
        section.map(entries ->
            entries.stream()
                .collect(Collectors.toUnmodifiableMap(SendGrant::identity, Function.identity())));
  }

  /** Decides whether {@code creator} may have {@code source} sent to {@code reader}. */
  public Decision decide(Identity creator, String reader, SourceSpec source) {
    return objection(reader, source)
        .or(() -> creator.admin() ? Optional.empty() : objection(creator.name(), source))
        .<Decision>map(Decision.Refused::new)
        .orElseGet(() -> new Decision.Allowed(quota(reader)));
  }

  @Override
  public Optional<String> objection(Identity asker, Optional<String> reader, DatasetName root) {
    return both(asker, reader, grant -> grant.objectionToList(root));
  }

  @Override
  public Optional<Dataset> shown(Identity asker, Optional<String> reader, Dataset dataset) {
    boolean hidden =
        both(
                asker,
                reader,
                grant -> grant.shows(dataset.name()) ? Optional.empty() : Optional.of("hidden"))
            .isPresent();
    return hidden ? Optional.empty() : Optional.of(dataset);
  }

  @Override
  public Optional<String> objection(Identity asker, Optional<String> reader, ZfsChange change) {
    return both(asker, reader, grant -> grant.objection(change));
  }

  /** What the reader's grant says against something, else the asker's own, as for a session. */
  private Optional<String> both(
      Identity asker, Optional<String> reader, Function<SendGrant, Optional<String>> objection) {
    String name = reader.orElse(asker.name());
    return objection(name, objection)
        .or(() ->
            asker.admin() || name.equals(asker.name())
                ? Optional.empty()
                : objection(asker.name(), objection));
  }

  private Optional<String> objection(String identity, SourceSpec source) {
    return objection(identity, grant -> grant.objection(source));
  }

  private Optional<String> objection(
      String identity, Function<SendGrant, Optional<String>> objection) {
    if (grants.isEmpty() && identity.equals(Identity.LOCAL.name())) {
      return Optional.empty();
    }
    return grant(identity)
        .map(objection)
        .orElse(Optional.of("there is no grant for '" + identity + "'"));
  }

  /** Returns how much of the agent {@code identity} may take as a reader. */
  public Quota quota(String identity) {
    return grant(identity).map(SendGrant::quota).orElse(Quota.UNLIMITED);
  }

  /** Returns how many bytes a second {@code identity} may read; empty if as many as it can. */
  public Optional<Long> rate(String identity) {
    return grant(identity).flatMap(SendGrant::rate).map(DataSize::bytes);
  }

  private Optional<SendGrant> grant(String identity) {
    return grants.map(entries -> entries.get(identity));
  }
}
