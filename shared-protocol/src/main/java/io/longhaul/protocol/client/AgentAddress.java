package io.longhaul.protocol.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where an agent is and how we prove who we are: by a token, or at an {@code https} address without
 * one by our certificate.
 *
 * @param url its base URL, {@code http://host:port} or {@code https://host:port}
 * @param tokenFile the file that holds our bearer token, if it wants one
 */
public record AgentAddress(URI url, Optional<Path> tokenFile) {
  private static final String HTTPS = "https";
  private static final int MOST_PORT = 65_535;

  /** Returns whether we prove who we are by our certificate. */
  public boolean byCertificate() {
    return HTTPS.equals(url.getScheme()) && tokenFile.isEmpty();
  }

  /**
   * Returns every fault, for the configuration key {@code key}.
   *
   * @param certificate whether there is one to prove who we are
   */
  public List<String> problems(String key, boolean certificate) {
    boolean usable =
        ("http".equals(url.getScheme()) || HTTPS.equals(url.getScheme()))
            && url.getHost() != null
            && url.getPort() <= MOST_PORT
            && url.getUserInfo() == null
            && url.getQuery() == null
            && url.getFragment() == null;
    if (!usable) {
      /* What does not belong there may be a secret. */
      return List.of(
          "%s.url: must be http://HOST:PORT or https://HOST:PORT alone, was for the host '%s'"
              .formatted(key, url.getHost()));
    }
    return byCertificate() && !certificate
        ? List.of(key + ": needs a certificate, in tls, or a token-file")
        : List.of();
  }
}
