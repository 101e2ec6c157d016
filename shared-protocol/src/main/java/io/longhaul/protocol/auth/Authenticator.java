package io.longhaul.protocol.auth;

import io.longhaul.protocol.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Tells who asks, by the {@code Authorization} header. It keeps only hashes of the tokens and
 * compares them in constant time. Immutable. TLS client certificates will have their place here.
 */
public final class Authenticator {
  /* RFC 9110 section 11.1: the scheme's case does not matter, spaces separate it. */
  private static final Pattern CREDENTIALS =
      Pattern.compile("Bearer +(\\S+)", Pattern.CASE_INSENSITIVE);

  private record Known(String tokenSha256, Identity identity) {}

  /* Empty: everybody is LOCAL. */
  private final List<Known> identities;

  private Authenticator(List<Known> identities) {
    this.identities = identities;
  }

  /**
   * Reads the tokens; with none configured, everybody is {@link Identity#LOCAL}.
   *
   * @throws ConfigException if a token file cannot be used, or two identities have the same token
   */
  public static Authenticator of(List<TokenConfig> tokens) throws ConfigException {
    List<Known> identities = new ArrayList<>();
    for (TokenConfig entry : tokens) {
      Identity identity = new Identity(entry.identity(), entry.admin());
      Known known = new Known(hash(TokenFile.read(entry.file())), identity);
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
                + "; make another one with: openssl rand -hex 32",
            null);
      }
      identities.add(known);
    }
    return new Authenticator(identities);
  }

  /** Returns whether a token is needed. */
  public boolean required() {
    return !identities.isEmpty();
  }

  /** Returns who presents this {@code Authorization} header (RFC 6750); empty if nobody we know. */
  public Optional<Identity> identify(Optional<String> header) {
    if (!required()) {
      return Optional.of(Identity.LOCAL);
    }
    return header
        .map(CREDENTIALS::matcher)
        .filter(Matcher::matches)
        .flatMap(credentials -> find(credentials.group(1)));
  }

  private Optional<Identity> find(String token) {
    String hash = hash(token);
    Optional<Identity> found = Optional.empty();
    for (Known known : identities) {
      if (MessageDigest.isEqual(bytes(known.tokenSha256()), bytes(hash))) {
        found = Optional.of(known.identity());
      }
    }
    return found;
  }

  private static String hash(String token) {
    return DigestUtils.sha256Hex(bytes(token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
