package io.longhaul.protocol.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where an agent is and how we prove who we are.
 *
 * @param url its base URL, {@code http://host:port}
 * @param tokenFile the file that holds our bearer token, if it wants one
 */
public record AgentAddress(URI url, Optional<Path> tokenFile) {
  private static final int MOST_PORT = 65_535;

  /** Returns every fault, for the configuration key {@code key}. */
  public List<String> problems(String key) {
    boolean usable =
        ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null
            && url.getPort() <= MOST_PORT
            && url.getUserInfo() == null
            && url.getQuery() == null
            && url.getFragment() == null;
    return usable ? List.of() : List.of(key + ".url: must be http://HOST:PORT, was '" + url + "'");
  }
}
