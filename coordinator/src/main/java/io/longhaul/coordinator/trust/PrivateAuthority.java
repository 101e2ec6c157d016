package io.longhaul.coordinator.trust;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateName;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * An authority in a directory of its own. One command at a time.
 *
 * <p>A certificate is in the register before its holder's files are written: what was issued can be
 * revoked.
 */
public final class PrivateAuthority {
  /** How long an authority lives. */
  public static final Duration LIFETIME = Duration.ofDays(3652);

  /* A machine whose clock is a little behind shall not wait before it can start. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final int TOKEN_BYTES = 32;

  private final TrustFiles files;
  private final InstantSource clock;
  private final X509Certificate certificate;

  private PrivateAuthority(TrustFiles files, InstantSource clock, X509Certificate certificate) {
    this.files = files;
    this.clock = clock;
    this.certificate = certificate;
  }

  /**
   * Makes a new authority.
   *
   * @param name the common name of its certificate
   * @throws CommandFailure if there is one already
   * @throws IOException if its files cannot be written
   */
  public static PrivateAuthority init(Path directory, String name, InstantSource clock)
      throws CommandFailure, IOException, ConfigException {
    TrustFiles files = new TrustFiles(directory);
    if (Files.exists(files.authorityKey()) || Files.exists(files.authority())) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Tried to make an authority in "
              + directory
              + " but there is one already; whoever believes it would not believe another."
              + " Name another directory with --directory");
    }
    files.create();
    Instant now = clock.instant();
    KeyPair keys = Signing.newKeys();
    X509Certificate certificate =
        Signing.authority(name, keys, now.minus(CLOCK_SKEW), now.plus(LIFETIME));
    TrustFiles.writeSecret(files.authorityKey(), keys.getPrivate());
    PrivateAuthority authority = new PrivateAuthority(files, clock, certificate);
    authority.writeRevoked(BigInteger.ONE, Map.of());
    TrustFiles.writePublic(files.authority(), certificate);
    return authority;
  }

  /**
   * Opens the authority of a directory.
   *
   * @throws CommandFailure if there is none
   * @throws ConfigException if its certificate cannot be read
   */
  public static PrivateAuthority open(Path directory, InstantSource clock)
      throws CommandFailure, ConfigException {
    TrustFiles files = new TrustFiles(directory);
    if (!Files.exists(files.authority())) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Tried to use the authority in "
              + directory
              + " but there is none; make one with: coordinator trust init, or name its directory"
              + " with --directory");
    }
    return new PrivateAuthority(files, clock, Pem.certificates(files.authority()).getFirst());
  }

  /** Returns its own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Returns the file of its own certificate. */
  public Path certificateFile() {
    return files.authority();
  }

  /** Returns the file of what it has revoked. */
  public Path revokedFile() {
    return files.revoked();
  }

  /** Returns the file of a holder's certificate. */
  public Path certificateFile(String name) {
    return files.certificate(name);
  }

  /** Returns the file of a holder's key. */
  public Path keyFile(String name) {
    return files.key(name);
  }

  /**
   * Issues the first certificate of a name, with a new key.
   *
   * @param hosts where it may be listened with; none for one that can only connect
   * @param lifetime how long it is good
   * @throws CommandFailure if the name cannot be one, or has a certificate in force
   */
  public Issued issue(String name, List<Host> hosts, Set<CertificateUse> uses, Duration lifetime)
      throws CommandFailure, ConfigException, IOException {
    requireName(name);
    Instant now = clock.instant();
    if (issued().stream().anyMatch(it -> it.name().equals(name) && it.inForce(now))) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Tried to issue a certificate for '"
              + name
              + "' but it has one; run: coordinator trust renew "
              + name
              + ", or first: coordinator trust revoke "
              + name);
    }
    return sign(name, hosts, uses, lifetime);
  }

  /**
   * Issues another certificate of a name, for the same hosts and uses, with a new key. The one
   * before stays in force until it expires.
   *
   * @throws CommandFailure if the name has no certificate, or its last one was revoked
   */
  public Issued renew(String name, Duration lifetime)
      throws CommandFailure, ConfigException, IOException {
    Issued last =
        newest(name)
            .orElseThrow(() ->
                new CommandFailure(
                    ExitCode.USAGE,
                    "Tried to renew the certificate of '"
                        + name
                        + "' but it has none that was not revoked; run: coordinator trust issue "
                        + name));
    return sign(name, last.hosts().stream().map(Host::new).toList(), last.uses(), lifetime);
  }

  private Issued sign(String name, List<Host> hosts, Set<CertificateUse> uses, Duration lifetime)
      throws CommandFailure, ConfigException, IOException {
    Instant now = clock.instant();
    Instant end = certificate.getNotAfter().toInstant();
    if (!now.isBefore(end)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "Tried to issue a certificate but the authority in "
              + files.directory()
              + " expired on "
              + end
              + "; make a new one in another directory");
    }
    Instant until = now.plus(lifetime).isBefore(end) ? now.plus(lifetime) : end;
    KeyPair holder = Signing.newKeys();
    X509Certificate signed =
        Signing.certificate(
            certificate, key(), name, holder, uses, hosts, now.minus(CLOCK_SKEW), until);
    TrustFiles.writePublic(files.registered(signed.getSerialNumber()), signed);
    TrustFiles.writeSecret(files.key(name), holder.getPrivate());
    TrustFiles.writePublic(files.certificate(name), signed);
    return new Issued(signed, false);
  }

  /**
   * Revokes every certificate of a name that is in force.
   *
   * @return those that were
   * @throws CommandFailure if there was none
   */
  public List<Issued> revoke(String name) throws CommandFailure, ConfigException, IOException {
    Instant now = clock.instant();
    List<Issued> found =
        issued().stream().filter(it -> it.name().equals(name) && it.inForce(now)).toList();
    if (found.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Tried to revoke the certificates of '"
              + name
              + "' but none is in force; coordinator trust list shows all");
    }
    X509CRL last = revoked();
    Map<BigInteger, Instant> all = new TreeMap<>();
    if (last.getRevokedCertificates() != null) {
      for (X509CRLEntry entry : last.getRevokedCertificates()) {
        all.put(entry.getSerialNumber(), entry.getRevocationDate().toInstant());
      }
    }
    found.forEach(it -> all.put(it.certificate().getSerialNumber(), now));
    writeRevoked(BigInteger.valueOf(now.toEpochMilli()), all);
    return found;
  }

  private void writeRevoked(BigInteger number, Map<BigInteger, Instant> serials)
      throws ConfigException, IOException {
    TrustFiles.writePublic(
        files.revoked(),
        Signing.revocations(
            certificate,
            key(),
            number,
            serials,
            clock.instant().minus(CLOCK_SKEW),
            certificate.getNotAfter().toInstant()));
  }

  /** Returns everything that was ever issued, by name, the oldest first. */
  public List<Issued> issued() throws ConfigException, IOException {
    X509CRL list = revoked();
    List<Issued> all = new ArrayList<>();
    for (Path file : files.registered()) {
      X509Certificate each = Pem.certificates(file).getFirst();
      all.add(new Issued(each, list.isRevoked(each)));
    }
    all.sort(
        Comparator.comparing(Issued::name)
            .thenComparing(each -> each.certificate().getNotBefore()));
    return all;
  }

  private Optional<Issued> newest(String name) throws ConfigException, IOException {
    return issued().stream()
        .filter(it -> it.name().equals(name) && !it.revoked())
        .reduce((_, later) -> later);
  }

  /**
   * Makes a bearer token, in two files: the token for who presents it, and what the agent keeps.
   *
   * @return the two files, the token's first
   * @throws CommandFailure if the name cannot be one
   */
  public static List<Path> token(Path directory, String name) throws CommandFailure, IOException {
    requireName(name);
    TrustFiles files = new TrustFiles(directory);
    files.createDirectory();
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    TrustFiles.writeSecret(files.token(name), token);
    TrustFiles.writeSecret(files.hashedToken(name), TokenFile.hashed(token));
    return List.of(files.token(name), files.hashedToken(name));
  }

  private PrivateKey key() throws ConfigException {
    return Pem.key(files.authorityKey(), "EC");
  }

  private X509CRL revoked() throws ConfigException {
    return Pem.revocationLists(files.revoked()).getFirst();
  }

  private static void requireName(String name) throws CommandFailure {
    if (!CertificateName.isName(name) || TrustFiles.reserved(name)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "a name is 1 to 64 letters, digits, '.', '_' and '-', begins with a letter or digit, and"
              + " is not 'authority', was '"
              + name
              + "'");
    }
  }
}
