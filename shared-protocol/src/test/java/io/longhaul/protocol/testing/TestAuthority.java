package io.longhaul.protocol.testing;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.durable.DurableFile;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Pem;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that also signs what no authority should: for what has to be refused. */
public final class TestAuthority {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration LONG = Duration.ofDays(3650);
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final AtomicInteger SERIALS = new AtomicInteger();

  private final Path directory;
  private final X500Name name;
  private final KeyPair keys;
  private final Map<Path, BigInteger> serials = new HashMap<>();
  private final List<BigInteger> revoked = new ArrayList<>();

  /** Makes one in a new directory. */
  public TestAuthority(Path directory) throws IOException {
    this(directory, new X500Name("CN=Authority of " + directory.getFileName()));
  }

  private TestAuthority(Path directory, X500Name name) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.name = name;
    this.keys = newKeys();
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        builder(
            name,
            keys,
            BigInteger.valueOf(SERIALS.incrementAndGet()),
            now.minus(LONG),
            now.plus(LONG));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    write(authority(), pem(builder.build(signer(SIGNATURE))));
    writeRevoked(now);
  }

  /**
   * Signs in the name of an authority of somebody else's, into a directory of its own.
   *
   * @param other where {@code authority.crt} and {@code authority.key} of the other are
   */
  public TestAuthority(Path directory, Path other) throws IOException, ConfigException {
    this.directory = Files.createDirectories(directory);
    X509Certificate authority = Pem.certificates(other.resolve("authority.crt")).getFirst();
    this.name = X500Name.getInstance(authority.getSubjectX500Principal().getEncoded());
    this.keys =
        new KeyPair(authority.getPublicKey(), Pem.key(other.resolve("authority.key"), "EC"));
  }

  /** Returns an authority that has nothing to do with this one. */
  public TestAuthority stranger() throws IOException {
    return new TestAuthority(directory.resolve("stranger"));
  }

  /** Returns an authority that has this one's name, and a key of its own. */
  public TestAuthority namesake() throws IOException {
    return new TestAuthority(directory.resolve("namesake"), name);
  }

  /** What a certificate says. */
  public record Wish(
      X500Name subject,
      Instant from,
      Instant until,
      Set<CertificateUse> uses,
      List<String> hosts,
      KeyPair keys,
      String signature) {
    /** Returns a good one with a new key, for these hosts. */
    public static Wish of(String name, String... hosts) {
      Instant now = Instant.now();
      return new Wish(
          new X500Name("CN=" + name),
          now.minusSeconds(60),
          now.plus(Duration.ofDays(90)),
          EnumSet.allOf(CertificateUse.class),
          List.of(hosts),
          newKeys(),
          SIGNATURE);
    }

    /** Returns the same for another name, which may be none. */
    public Wish called(X500Name subject) {
      return new Wish(subject, from, until, uses, hosts, keys, signature);
    }

    /** Returns the same with another time. */
    public Wish during(Instant from, Instant until) {
      return new Wish(subject, from, until, uses, hosts, keys, signature);
    }

    /** Returns the same with an RSA key of this length. */
    public Wish withRsaKey(int bits) {
      return new Wish(subject, from, until, uses, hosts, newRsaKeys(bits), signature);
    }

    /** Returns the same, to be signed by another algorithm than SHA256withECDSA. */
    public Wish signedBy(String signature) {
      return new Wish(subject, from, until, uses, hosts, keys, signature);
    }

    /** Returns the same with other uses; with none there is no extended key usage. */
    public Wish only(Set<CertificateUse> uses) {
      return new Wish(subject, from, until, uses, hosts, keys, signature);
    }
  }

  /** Returns the file of the authority's own certificate. */
  public Path authority() {
    return directory.resolve("authority.crt");
  }

  /** Returns the file of its revocation list. */
  public Path revocations() {
    return directory.resolve("authority.crl");
  }

  /** Writes a good certificate for these hosts and its key to files named after it. */
  public TlsConfig issue(String holder, String... hosts) throws IOException {
    return issue(holder, Wish.of(holder, hosts));
  }

  /** Writes a certificate and its key to files of this name. */
  public TlsConfig issue(String file, Wish wish) throws IOException {
    KeyPair own = wish.keys();
    BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());
    JcaX509v3CertificateBuilder builder =
        builder(wish.subject(), own, serial, wish.from(), wish.until());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    if (!wish.uses().isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              wish.uses().stream()
                  .map(use -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(use.oid())))
                  .toArray(KeyPurposeId[]::new)));
    }
    if (!wish.hosts().isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              wish.hosts().stream()
                  .map(host ->
                      new GeneralName(
                          ADDRESS.matcher(host).matches()
                              ? GeneralName.iPAddress
                              : GeneralName.dNSName,
                          host))
                  .toArray(GeneralName[]::new)));
    }
    Path certificate = directory.resolve(file + ".crt");
    Path key = directory.resolve(file + ".key");
    write(certificate, pem(builder.build(signer(wish.signature()))));
    write(key, pem(new JcaPKCS8Generator(own.getPrivate(), null)));
    serials.put(certificate, serial);
    return new TlsConfig(certificate, key, authority(), Optional.of(revocations()));
  }

  /** Puts what was last issued to these files on the list. */
  public void revoke(TlsConfig issued) throws IOException {
    revoked.add(serials.get(issued.certificate()));
    writeRevoked(Instant.now());
  }

  private void writeRevoked(Instant now) throws IOException {
    X509v2CRLBuilder list = new X509v2CRLBuilder(name, Date.from(now));
    list.setNextUpdate(Date.from(now.plus(LONG)));
    revoked.forEach(serial -> list.addCRLEntry(serial, Date.from(now), CRLReason.unspecified));
    write(revocations(), pem(list.build(signer(SIGNATURE))));
  }

  private JcaX509v3CertificateBuilder builder(
      X500Name subject, KeyPair holder, BigInteger serial, Instant from, Instant until) {
    return new JcaX509v3CertificateBuilder(
        name, serial, Date.from(from), Date.from(until), subject, holder.getPublic());
  }

  private ContentSigner signer(String algorithm) {
    try {
      return new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newRsaKeys(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  private static void write(Path file, String text) throws IOException {
    DurableFile.replaceUnforced(file, text.getBytes(StandardCharsets.US_ASCII));
  }
}
