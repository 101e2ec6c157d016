package io.longhaul.protocol.auth;

import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.tls.CertificateName;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells who asks by the certificate of the connection. It is checked again for each request: what
 * was revoked or expired since the handshake is refused. Thread-safe.
 */
public final class CertificateAuthenticator implements Authenticator {
  private final Tls tls;
  private final Map<String, Identity> identities;

  /** Creates one that knows these identities and nobody else. */
  public CertificateAuthenticator(Tls tls, List<IdentityConfig> identities) {
    this.tls = tls;
    this.identities =
        identities.stream()
            .map(known -> new Identity(known.name(), known.admin()))
            .collect(Collectors.toMap(Identity::name, Function.identity()));
  }

  @Override
  public Identity identify(Presented presented) throws ProblemException {
    try {
      tls.require(presented.certificates(), CertificateUse.CONNECT);
    } catch (CertificateException e) {
      throw new ProblemException(ProblemType.FORBIDDEN, String.valueOf(e.getMessage()));
    }
    Identity identity =
        CertificateName.of(presented.certificates().getFirst()).map(identities::get).orElse(null);
    if (identity == null) {
      throw new ProblemException(
          ProblemType.FORBIDDEN, "the name in this certificate is not served here");
    }
    return identity;
  }
}
