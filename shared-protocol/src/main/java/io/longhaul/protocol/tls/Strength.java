package io.longhaul.protocol.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.Certificate;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what the Java runtime still permits under an authority of one's own: RSA keys below 2048
 * bits and signatures with SHA-1 (NIST SP 800-131A revision 2). It looks at each certificate of a
 * path by itself, the authority's own excepted.
 */
final class Strength extends PKIXCertPathChecker {
  private static final int FEWEST_RSA_BITS = 2048;

  @Override
  public void init(boolean forward) {
    // nothing is kept from one certificate to the next
  }

  @Override
  public boolean isForwardCheckingSupported() {
    return true;
  }

  @Override
  public @Nullable Set<String> getSupportedExtensions() {
    return null;
  }

  @Override
  public void check(Certificate certificate, Collection<String> unresolvedExtensions)
      throws CertPathValidatorException {
    if (certificate.getPublicKey() instanceof RSAKey key
        && key.getModulus().bitLength() < FEWEST_RSA_BITS) {
      throw weak("its RSA key has " + key.getModulus().bitLength() + " bits, fewer than 2048");
    }
    String signature = ((X509Certificate) certificate).getSigAlgName();
    if (signature.startsWith("SHA1with")) {
      throw weak("it is signed by " + signature);
    }
  }

  private static CertPathValidatorException weak(String why) {
    return new CertPathValidatorException(why, null, null, -1, BasicReason.ALGORITHM_CONSTRAINED);
  }
}
