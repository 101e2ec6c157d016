package io.longhaul.protocol.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * One entry of {@code identities} in an agent's configuration.
 *
 * @param name the name in the certificate: its subject's common name
 * @param admin whether this identity may end sessions of others; false unless told otherwise
 */
public record IdentityConfig(String name, boolean admin) {
  @JsonCreator
  static IdentityConfig read(
      @JsonProperty("name") String name, @JsonProperty("admin") Optional<Boolean> admin) {
    return new IdentityConfig(name, admin.orElse(false));
  }
}
