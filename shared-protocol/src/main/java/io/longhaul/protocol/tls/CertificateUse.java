package io.longhaul.protocol.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a certificate is good for: its extended key usage (RFC 5280 section 4.2.1.12). */
public enum CertificateUse {
  /** To be connected to: {@code serverAuth}. */
  LISTEN("1.3.6.1.5.5.7.3.1", "listen"),
  /** To connect to others: {@code clientAuth}. */
  CONNECT("1.3.6.1.5.5.7.3.2", "connect");

  private final String oid;
  private final String text;

  CertificateUse(String oid, String text) {
    this.oid = oid;
    this.text = text;
  }

  /** Returns the object identifier of the key purpose. */
  public String oid() {
    return oid;
  }

  /** Returns the word for people: {@code listen} or {@code connect}. */
  public String text() {
    return text;
  }

  /** Returns whether {@code certificate} says so; one that says nothing is good for nothing. */
  public boolean allowedBy(X509Certificate certificate) {
    try {
      List<String> uses = certificate.getExtendedKeyUsage();
      return uses != null && uses.contains(oid);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
