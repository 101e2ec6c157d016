package io.longhaul.protocol.tls;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tells a certificate that one side does not accept from a peer that is out of reach. */
public final class CertificateRefusal {
  /* The Java runtime tells the alerts of RFC 8446 section 6.2 apart by their names in the message alone. */
  private static final Pattern ALERT =
      Pattern.compile(
          "Received fatal alert: (bad_certificate\\w*|unsupported_certificate|certificate_\\w+"
              + "|unknown_ca|access_denied)");

  private CertificateRefusal() {}

  /** Returns who does not accept which certificate, and why; empty if a call failed otherwise. */
  public static Optional<String> in(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof CertificateException) {
        return Optional.of(message);
      }
      if (cause instanceof SSLPeerUnverifiedException) {
        return Optional.of(message.split(":\n", 2)[0]); // whose it is follows
      }
      Matcher alert = ALERT.matcher(message);
      if (alert.find()) {
        return Optional.of(
            "the peer does not accept our certificate ("
                + alert.group(1)
                + "); look at it with: coordinator trust list");
      }
    }
    return Optional.empty();
  }
}
