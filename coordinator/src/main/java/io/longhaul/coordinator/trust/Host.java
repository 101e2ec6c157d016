package io.longhaul.coordinator.trust;

import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.util.IPAddress;

/**
 * A host that a certificate may be shown at: a DNS name or an IP address.
 *
 * @param text as it stands in a URL, without brackets
 */
public record Host(String text) {
  private static final Pattern DNS =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
  private static final Pattern DIGITS = Pattern.compile("[0-9.]*");

  /**
   * Checks the host.
   *
   * @throws IllegalArgumentException if it is neither, such as one with a port or a wildcard
   */
  public Host {
    boolean name = DNS.matcher(text).matches() && !DIGITS.matcher(text).matches();
    if (!name && !IPAddress.isValid(text)) {
      throw new IllegalArgumentException(
          "a host is a DNS name or an IP address, without a port or '*', was '" + text + "'");
    }
  }

  /** Returns its subject alternative name (RFC 5280 section 4.2.1.6). */
  GeneralName generalName() {
    return new GeneralName(
        IPAddress.isValid(text) ? GeneralName.iPAddress : GeneralName.dNSName, text);
  }
}
