package io.longhaul.protocol.doctor;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateName;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Fingerprint;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Whether a {@code tls} section can be used: files, modes, dates, authority, use and hosts. */
final class CertificateCheck {
  private CertificateCheck() {}

  /**
   * Looks at the files.
   *
   * @param check what the finding is called: {@code "listen.tls"}
   */
  static List<Finding> look(String check, TlsConfig config, CertificateUse use, Instant now) {
    try {
      Tls tls = Tls.open(config, use);
      List<Finding> findings = new ArrayList<>();
      findings.add(judge(check, tls.certificate(), use));
      tls.warnings(now).stream()
          .map(warning -> Finding.of(check, Verdict.WARN, warning))
          .forEach(findings::add);
      return findings;
    } catch (ConfigException e) {
      return List.of(Finding.of(check, Verdict.FAIL, e.getMessage()));
    }
  }

  static Finding judge(String check, X509Certificate certificate, CertificateUse use) {
    String name = CertificateName.of(certificate).orElse("nobody");
    List<String> hosts = hosts(certificate);
    if (use == CertificateUse.LISTEN && hosts.isEmpty()) {
      return Finding.fail(
          check,
          "the certificate of '" + name + "' is for no host, so nobody connects to it",
          "issue another: coordinator trust issue " + name + " --host HOST");
    }
    return Finding.ok(
        check,
        "%s, until %s%s, SHA-256 %s"
            .formatted(
                name,
                certificate.getNotAfter().toInstant(),
                use == CertificateUse.LISTEN ? ", for " + String.join(", ", hosts) : "",
                Fingerprint.of(certificate)));
  }

  /** Returns the DNS names and addresses among the subject alternative names (RFC 5280). */
  private static List<String> hosts(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .map(name -> name.get(1))
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }
}
