package io.longhaul.protocol.tls;

import io.longhaul.protocol.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate and the key that proves it is ours.
 *
 * @param chain the certificate, and the intermediate ones after it
 * @param keys both, as the Java runtime wants them
 */
record OwnCertificate(List<X509Certificate> chain, KeyStore keys) {
  /** Of the key store, which never leaves this process. */
  static final char[] PASSWORD = new char[0];

  private static final byte[] PROBE = {1};

  /**
   * Reads both files.
   *
   * @throws ConfigException if one cannot be used, or they do not belong together
   */
  static OwnCertificate read(Path certificate, Path key) throws ConfigException {
    List<X509Certificate> chain = Pem.certificates(certificate);
    X509Certificate own = chain.getFirst();
    PrivateKey secret = Pem.key(key, own.getPublicKey().getAlgorithm());
    try {
      if (!belong(own, secret)) {
        throw new ConfigException(
            "Tried to use the key in " + key + " but it is not that of " + certificate, null);
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, PASSWORD);
      keys.setKeyEntry("own", secret, PASSWORD, chain.toArray(X509Certificate[]::new));
      return new OwnCertificate(chain, keys);
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException("Tried to use " + certificate + " and " + key + " but " + e, e);
    }
  }

  private static boolean belong(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(PROBE);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(PROBE);
    return verifying.verify(signature);
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }
}
