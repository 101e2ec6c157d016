package io.longhaul.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.coordinator.trust.Host;
import io.longhaul.coordinator.trust.PrivateAuthority;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateName;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Fingerprint;
import io.longhaul.protocol.tls.Pem;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustCommandTest {
  @TempDir Path temporary;

  private Path directory() {
    return temporary.resolve("trust");
  }

  private Run trust(String words) {
    List<String> all = new ArrayList<>(List.of("trust"));
    all.addAll(Arrays.asList(words.split(" ")));
    all.addAll(List.of("--directory", directory().toString()));
    return Run.of(all.toArray(String[]::new));
  }

  private String good(String words) {
    Run run = trust(words);
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    return run.out();
  }

  private Path file(String name) {
    return directory().resolve(name);
  }

  private X509Certificate certificate(String name) throws ConfigException {
    return Pem.certificates(file(name + ".crt")).getFirst();
  }

  private X509CRL revoked() throws ConfigException {
    return Pem.revocationLists(file("authority.crl")).getFirst();
  }

  private TlsConfig files(String name) {
    return new TlsConfig(
        file(name + ".crt"),
        file(name + ".key"),
        file("authority.crt"),
        Optional.of(file("authority.crl")));
  }

  private static Duration left(X509Certificate certificate) {
    return Duration.between(Instant.now(), certificate.getNotAfter().toInstant());
  }

  @Test
  void anAuthorityCanSignNothingButHolders() throws Exception {
    String out = good("init");
    X509Certificate authority = certificate("authority");
    assertThat(authority.getBasicConstraints()).as("may sign no other authority").isZero();
    assertThat(authority.getKeyUsage())
        .containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(left(authority).toDays()).isBetween(3650L, 3652L);
    authority.verify(authority.getPublicKey());
    revoked().verify(authority.getPublicKey());
    assertThat(revoked().getNextUpdate()).isEqualTo(authority.getNotAfter());
    assertThat(out).contains(Fingerprint.of(authority)).contains(file("authority.crl").toString());
  }

  @Test
  void aSecondAuthorityDoesNotTakeThePlaceOfTheFirst() throws Exception {
    good("init");
    byte[] before = Files.readAllBytes(file("authority.key"));
    Run again = trust("init");
    assertThat(again.exit()).isEqualTo(2);
    assertThat(again.err()).contains("there is one already");
    assertThat(file("authority.key")).hasBinaryContent(before);
  }

  @Test
  void whoListensGetsBothUsesUnlessItOnlyListens() throws Exception {
    good("init");
    String out = good("issue vault --host vault.example --host 10.8.0.2 --host fd00::2");
    X509Certificate vault = certificate("vault");
    assertThat(CertificateName.of(vault)).contains("vault");
    assertThat(CertificateUse.values()).allMatch(use -> use.allowedBy(vault));
    assertThat(vault.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("vault.example", "10.8.0.2", "fd00:0:0:0:0:0:0:2");
    assertThat(vault.getBasicConstraints()).isEqualTo(-1);
    assertThat(left(vault).toDays()).isBetween(364L, 365L);
    assertThat(out)
        .contains("for          listen, connect at vault.example, 10.8.0.2")
        .contains(Fingerprint.of(vault))
        .contains(file("vault.key").toString());
    assertThatCode(() -> Tls.open(files("vault"), CertificateUse.LISTEN))
        .doesNotThrowAnyException();
    assertThatCode(() -> Tls.open(files("vault"), CertificateUse.CONNECT))
        .doesNotThrowAnyException();

    good("issue office --host office.example --listen-only");
    assertThat(CertificateUse.LISTEN.allowedBy(certificate("office"))).isTrue();
    assertThat(CertificateUse.CONNECT.allowedBy(certificate("office"))).isFalse();
    assertThatThrownBy(() -> Tls.open(files("office"), CertificateUse.CONNECT))
        .hasMessageContaining("may not be used to connect");
  }

  @Test
  void whoHasNoHostCanOnlyConnect() throws Exception {
    good("init");
    good("issue console --days 30");
    assertThat(CertificateUse.CONNECT.allowedBy(certificate("console"))).isTrue();
    assertThat(CertificateUse.LISTEN.allowedBy(certificate("console"))).isFalse();
    assertThat(left(certificate("console")).toDays()).isBetween(29L, 30L);
    assertThatThrownBy(() -> Tls.open(files("console"), CertificateUse.LISTEN))
        .hasMessageContaining("may not be used to listen");
  }

  @Test
  void keysAreTheirOwnersAlone() throws Exception {
    good("init");
    good("issue vault --host vault.example");
    good("token vault");
    for (String secret : List.of("authority.key", "vault.key", "vault.token")) {
      assertThat(mode(file(secret))).as(secret).isEqualTo("rw-------");
    }
    for (String known : List.of("authority.crt", "authority.crl", "vault.crt")) {
      assertThat(mode(file(known))).as(known).isEqualTo("rw-r--r--");
    }
    assertThat(mode(directory())).isEqualTo("rwx------");
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void renewingKeepsHostsAndUseAndNothingElse() throws Exception {
    good("init");
    good("issue office --host office.example --host 192.0.2.1 --listen-only");
    X509Certificate before = certificate("office");
    byte[] key = Files.readAllBytes(file("office.key"));
    good("renew office --days 90");
    X509Certificate after = certificate("office");
    assertThat(List.copyOf(after.getSubjectAlternativeNames()))
        .isEqualTo(List.copyOf(before.getSubjectAlternativeNames()));
    assertThat(after.getExtendedKeyUsage()).isEqualTo(before.getExtendedKeyUsage());
    assertThat(after.getSubjectX500Principal()).isEqualTo(before.getSubjectX500Principal());
    assertThat(after.getSerialNumber()).isNotEqualTo(before.getSerialNumber());
    assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
    assertThat(Files.readAllBytes(file("office.key"))).isNotEqualTo(key);
    assertThatCode(() -> Tls.open(files("office"), CertificateUse.LISTEN))
        .doesNotThrowAnyException();
  }

  @Test
  void revokingTakesEverythingThatWasIssuedToTheName() throws Exception {
    good("init");
    good("issue console");
    good("issue vault --host vault.example");
    X509Certificate first = certificate("console");
    good("renew console");
    X509Certificate second = certificate("console");
    String out = good("revoke console");
    assertThat(out).contains(Fingerprint.of(first)).contains(Fingerprint.of(second));
    assertThat(revoked().isRevoked(first)).isTrue();
    assertThat(revoked().isRevoked(second)).isTrue();
    assertThat(revoked().isRevoked(certificate("vault"))).isFalse();
    assertThatThrownBy(() -> Tls.open(files("console"), CertificateUse.CONNECT))
        .hasMessageContaining("the certificate of 'console' was revoked");

    good("issue console");
    assertThatCode(() -> Tls.open(files("console"), CertificateUse.CONNECT))
        .doesNotThrowAnyException();
    good("revoke vault");
    assertThat(revoked().isRevoked(first)).as("what was revoked stays so").isTrue();
    assertThat(good("list"))
        .containsPattern("console +revoked")
        .containsPattern("console +good")
        .containsPattern("vault +revoked");
  }

  @Test
  void whatHasExpiredMayBeRenewedOrIssuedForOtherHosts() throws Exception {
    PrivateAuthority past =
        PrivateAuthority.init(directory(), "past", () -> Instant.now().minus(Duration.ofDays(400)));
    Set<CertificateUse> listen = EnumSet.of(CertificateUse.LISTEN);
    past.issue("office", List.of(new Host("old.example")), listen, Duration.ofDays(365));
    past.issue("vault", List.of(new Host("vault.example")), listen, Duration.ofDays(365));
    assertThat(good("list")).containsPattern("office +expired");
    good("issue office --host new.example");
    good("renew office");
    assertThat(good("renew vault")).contains("listen at vault.example");
    assertThat(List.copyOf(certificate("office").getSubjectAlternativeNames()))
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("new.example");
  }

  @Test
  void nothingOutlivesItsAuthority() throws Exception {
    PrivateAuthority old =
        PrivateAuthority.init(
            directory(),
            "old",
            () -> Instant.now().minus(PrivateAuthority.LIFETIME).plus(Duration.ofDays(10)));
    good("issue vault");
    assertThat(certificate("vault").getNotAfter()).isEqualTo(old.certificate().getNotAfter());
  }

  @Test
  void anAuthorityThatHasExpiredSignsNothing() throws Exception {
    PrivateAuthority.init(
        directory(), "old", () -> Instant.now().minus(PrivateAuthority.LIFETIME).minusSeconds(9));
    Run run = trust("issue vault");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("expired on").contains("make a new one");
  }

  @Test
  void theFilesOfANameThatWasRevokedAreNotRenewed() {
    good("init");
    good("issue console");
    good("revoke console");
    assertThat(trust("renew console").err()).contains("coordinator trust issue console");
    assertThat(trust("revoke console").err()).contains("none is in force");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "issue office --host office:7401 | a host is a DNS name or an IP address",
        "issue office --host *.example | a host is a DNS name or an IP address",
        "issue office --host 300.1.1.1 | a host is a DNS name or an IP address",
        "issue office --listen-only | --listen-only needs a --host",
        "issue ../office | a name is 1 to 64 letters",
        "issue .office | a name is 1 to 64 letters",
        "issue authority | is not 'authority'",
        "issue office --days 0 | --days must be 1 to 825",
        "issue office --days 826 | --days must be 1 to 825",
        "issue taken | it has one; run: coordinator trust renew taken",
        "renew nobody | it has none that was not revoked",
        "revoke nobody | none is in force",
        "token a/b | a name is 1 to 64 letters",
      })
  void whatIsWrongIsNamedAndChangesNothing(String words, String message) throws Exception {
    good("init");
    good("issue taken");
    List<String> before = names();
    Run run = trust(words);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(names()).isEqualTo(before);
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.walk(directory())) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"issue office", "renew office", "revoke office", "list"})
  void withoutAnAuthorityNothingIsIssued(String words) {
    Run run = trust(words);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("coordinator trust init");
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws Exception {
    Files.writeString(directory(), "a file");
    Run run = trust("init");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains(directory().toString()).doesNotContain("\tat ");
  }

  @Test
  void aTokenComesInTwoHalves() throws Exception {
    good("token vault");
    String token = TokenFile.read(file("vault.token"));
    assertThat(token).matches("[0-9a-f]{64}");
    assertThat(file("vault.token.sha256")).hasContent(TokenFile.hashed(token) + "\n");
    assertThat(good("token vault")).doesNotContain(TokenFile.read(file("vault.token")));
    assertThat(TokenFile.read(file("vault.token"))).isNotEqualTo(token);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "init", "issue", "renew", "revoke", "list", "token"})
  void everyCommandTeachesByExample(String command) {
    Run run = Run.of(("trust " + command + " --help").replaceAll(" +", " ").split(" "));
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("Exit codes:").contains("coordinator trust");
  }
}
