package io.longhaul.protocol.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** The name of a certificate's holder: the one common name of its subject. */
public final class CertificateName {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final String COMMON_NAME = "CN";

  private CertificateName() {}

  /** Returns whether {@code text} may be a name: 1 to 64 letters, digits, '.', '_' and '-'. */
  public static boolean isName(String text) {
    return SYNTAX.matcher(text).matches();
  }

  /** Returns the holder's name; empty if the subject has none, several, or one that is no name. */
  public static Optional<String> of(X509Certificate certificate) {
    try {
      List<Rdn> common =
          new LdapName(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253))
              .getRdns().stream()
                  .filter(rdn -> rdn.toAttributes().get(COMMON_NAME) != null)
                  .toList();
      return common.size() == 1 && common.getFirst().size() == 1
          ? Optional.of(String.valueOf(common.getFirst().getValue()))
              .filter(CertificateName::isName)
          : Optional.empty();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  /** Returns the certificate for messages: what a stranger wrote into it is not repeated. */
  static String display(X509Certificate certificate) {
    return of(certificate).map(name -> "the certificate of '" + name + "'").orElse("a certificate");
  }
}
