package io.longhaul.protocol.tls;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.SecretFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files (RFC 7468). */
public final class Pem {
  private static final Pattern PKCS8 =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private Pem() {}

  /**
   * Returns the certificates of a file, at least one, in its order.
   *
   * @throws ConfigException if it cannot be read or has none
   */
  public static List<X509Certificate> certificates(Path file) throws ConfigException {
    try {
      return nonEmpty(
          file,
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList());
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException("Tried to read the certificate in " + file + " but " + e, e);
    }
  }

  /**
   * Returns the revocation lists of a file, at least one.
   *
   * @throws ConfigException if it cannot be read or has none
   */
  public static List<X509CRL> revocationLists(Path file) throws ConfigException {
    try {
      return nonEmpty(
          file,
          CertificateFactory.getInstance("X.509")
              .generateCRLs(new ByteArrayInputStream(Files.readAllBytes(file)))
              .stream()
              .map(X509CRL.class::cast)
              .toList());
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException("Tried to read the revocation list in " + file + " but " + e, e);
    }
  }

  /**
   * Returns the private key of a file that only its owner may read.
   *
   * @param algorithm of the key: {@code EC}, {@code RSA} or {@code EdDSA}
   * @throws ConfigException if it cannot be read, others may read it, or it has no such key
   */
  public static PrivateKey key(Path file, String algorithm) throws ConfigException {
    Matcher pem = PKCS8.matcher(SecretFile.read(file, "key"));
    if (!pem.find()) {
      throw new ConfigException(
          "Tried to read the key in "
              + file
              + " but it has no 'BEGIN PRIVATE KEY'; for a key in another form run: openssl pkcs8"
              + " -topk8 -nocrypt -in "
              + file,
          null);
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ConfigException(
          "Tried to read the key in " + file + " but it is no " + algorithm + " key", e);
    }
  }

  private static <T> List<T> nonEmpty(Path file, List<T> found) throws ConfigException {
    if (found.isEmpty()) {
      throw new ConfigException("Tried to read " + file + " but there is nothing in it", null);
    }
    return found;
  }
}
