package io.longhaul.coordinator.trust;

import io.longhaul.protocol.tls.CertificateUse;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys, certificates and revocation lists (RFC 5280): P-256, signed with SHA-256. */
final class Signing {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS =
      127; // RFC 5280 section 4.1.2.2: positive, at most 20 octets

  private Signing() {}

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java makes no P-256 keys", e);
    }
  }

  static X509Certificate authority(String name, KeyPair keys, Instant from, Instant until) {
    try {
      X500Name subject = subject(name);
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              subject, newSerial(), Date.from(from), Date.from(until), subject, keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return signed(builder, keys.getPrivate());
    } catch (CertIOException | GeneralSecurityException e) {
      throw unforeseen(e);
    }
  }

  /** Signs a certificate for a holder who keeps {@code holder}. */
  static X509Certificate certificate(
      X509Certificate authority,
      PrivateKey authorityKey,
      String name,
      KeyPair holder,
      Set<CertificateUse> uses,
      List<Host> hosts,
      Instant from,
      Instant until) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              authority,
              newSerial(),
              Date.from(from),
              Date.from(until),
              subject(name),
              holder.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, usage(uses));
      if (!hosts.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(hosts.stream().map(Host::generalName).toArray(GeneralName[]::new)));
      }
      JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(holder.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(authority.getPublicKey()));
      return signed(builder, authorityKey);
    } catch (CertIOException | GeneralSecurityException e) {
      throw unforeseen(e);
    }
  }

  private static ExtendedKeyUsage usage(Collection<CertificateUse> uses) {
    return new ExtendedKeyUsage(
        uses.stream()
            .sorted()
            .map(use -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(use.oid())))
            .toArray(KeyPurposeId[]::new));
  }

  /**
   * Signs a revocation list.
   *
   * @param number larger than that of the list before
   * @param revoked when each serial number was revoked
   */
  static X509CRLHolder revocations(
      X509Certificate authority,
      PrivateKey key,
      BigInteger number,
      Map<BigInteger, Instant> revoked,
      Instant from,
      Instant nextUpdate) {
    try {
      JcaX509v2CRLBuilder list = new JcaX509v2CRLBuilder(authority, Date.from(from));
      list.setNextUpdate(Date.from(nextUpdate));
      revoked.forEach(
          (serial, when) -> list.addCRLEntry(serial, Date.from(when), CRLReason.unspecified));
      list.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
      list.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.getPublicKey()));
      return list.build(signer(key));
    } catch (CertIOException | GeneralSecurityException e) {
      throw unforeseen(e);
    }
  }

  private static X500Name subject(String name) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
  }

  private static BigInteger newSerial() {
    return new BigInteger(SERIAL_BITS, RANDOM).setBit(0);
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer(key)));
  }

  private static ContentSigner signer(PrivateKey key) {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    } catch (OperatorCreationException e) {
      throw unforeseen(e);
    }
  }

  private static IllegalStateException unforeseen(Exception e) {
    return new IllegalStateException("a certificate cannot be made", e);
  }
}
