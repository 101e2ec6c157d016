package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.trust.Issued;
import io.longhaul.coordinator.trust.PrivateAuthority;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Fingerprint;
import java.util.List;
import java.util.stream.Collectors;

/** What a person needs to know about a certificate. */
final class TrustText {
  private TrustText() {}

  static List<String> authority(PrivateAuthority authority) {
    return List.of(
        "authority    " + authority.certificateFile(),
        "fingerprint  " + Fingerprint.of(authority.certificate()),
        "expires      " + authority.certificate().getNotAfter().toInstant());
  }

  static List<String> issued(PrivateAuthority authority, Issued issued) {
    return List.of(
        "certificate  " + authority.certificateFile(issued.name()),
        "key          " + authority.keyFile(issued.name()),
        "for          " + uses(issued) + (issued.hosts().isEmpty() ? "" : " at " + hosts(issued)),
        "fingerprint  " + Fingerprint.of(issued.certificate()),
        "expires      " + issued.expires());
  }

  static String uses(Issued issued) {
    return issued.uses().stream()
        .sorted()
        .map(CertificateUse::text)
        .collect(Collectors.joining(", "));
  }

  static String hosts(Issued issued) {
    return String.join(", ", issued.hosts());
  }
}
