package io.longhaul.protocol.tls;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/** The SHA-256 of a certificate, for people to compare. */
public final class Fingerprint {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();

  private Fingerprint() {}

  /** Returns it as {@code openssl x509 -fingerprint -sha256} does: {@code 3F:A2:…}. */
  public static String of(X509Certificate certificate) {
    try {
      return COLONS.formatHex(DigestUtils.sha256(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }
}
