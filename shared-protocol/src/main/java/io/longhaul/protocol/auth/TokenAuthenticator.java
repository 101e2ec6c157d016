package io.longhaul.protocol.auth;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells who asks by the {@code Authorization} header (RFC 6750). It knows only hashes of the tokens
 * and compares them in constant time. Immutable.
 */
public final class TokenAuthenticator implements Authenticator {
  /* RFC 9110 section 11.1: the scheme's case does not matter, spaces separate it. */
  private static final Pattern CREDENTIALS =
      Pattern.compile("Bearer +(\\S+)", Pattern.CASE_INSENSITIVE);

  private record Known(String tokenSha256, Identity identity) {}

  /* Empty: everybody is LOCAL. */
  private final List<Known> identities;

  private TokenAuthenticator(List<Known> identities) {
    this.identities = identities;
  }

  /**
   * Reads the tokens; with none configured, everybody is {@link Identity#LOCAL}.
   *
   * @throws ConfigException if a token file cannot be used, or two identities have the same token
   */
  public static TokenAuthenticator of(List<TokenConfig> tokens) throws ConfigException {
    List<Known> identities = new ArrayList<>();
    for (TokenConfig entry : tokens) {
      Identity identity = new Identity(entry.identity(), entry.admin());
      Known known = new Known(TokenFile.readHash(entry.file()), identity);
      Optional<Identity> same =
          identities.stream()
              .filter(other -> other.tokenSha256().equals(known.tokenSha256()))
              .map(Known::identity)
              .filter(other -> !other.equals(identity))
              .findFirst();
      if (same.isPresent()) {
        throw new ConfigException(
            "Tried to let the token in "
                + entry.file()
                + " stand for "
                + identity
                + " but it already stands for "
                + same.get()
                + "; make another one with: coordinator trust token NAME",
            null);
      }
      identities.add(known);
    }
    return new TokenAuthenticator(identities);
  }

  @Override
  public Identity identify(Presented presented) throws ProblemException {
    if (identities.isEmpty()) {
      return Identity.LOCAL;
    }
    return presented
        .authorization()
        .map(CREDENTIALS::matcher)
        .filter(Matcher::matches)
        .flatMap(credentials -> find(credentials.group(1)))
        .orElseThrow(() ->
            new ProblemException(
                ProblemType.UNAUTHORIZED, "send Authorization: Bearer with a known token"));
  }

  private Optional<Identity> find(String token) {
    String hash = TokenFile.hash(token);
    Optional<Identity> found = Optional.empty();
    for (Known known : identities) {
      if (MessageDigest.isEqual(bytes(known.tokenSha256()), bytes(hash))) {
        found = Optional.of(known.identity());
      }
    }
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
