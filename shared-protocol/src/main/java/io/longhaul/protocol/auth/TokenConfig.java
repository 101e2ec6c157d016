package io.longhaul.protocol.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One entry of {@code tokens} in an agent's configuration.
 *
 * @param identity the name of whoever presents the token
 * @param file the file that holds the token, readable by the agent's user alone
 * @param admin whether this identity may end sessions of others; false unless told otherwise
 */
public record TokenConfig(String identity, Path file, boolean admin) {
  @JsonCreator
  static TokenConfig read(
      @JsonProperty("identity") String identity,
      @JsonProperty("file") Path file,
      @JsonProperty("admin") Optional<Boolean> admin) {
    return new TokenConfig(identity, file, admin.orElse(false));
  }
}
