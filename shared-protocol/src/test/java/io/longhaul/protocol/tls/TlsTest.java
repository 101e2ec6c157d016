package io.longhaul.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.testing.TestAuthority.Wish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @TempDir Path directory;

  private TestAuthority authority;

  @BeforeEach
  void makeAnAuthority() throws Exception {
    authority = new TestAuthority(directory.resolve("ours"));
  }

  private Tls until(Instant end) throws Exception {
    Wish wish = Wish.of("office").during(Instant.now().minusSeconds(60), end);
    return Tls.open(authority.issue("office", wish), CertificateUse.CONNECT);
  }

  @Test
  void expiryIsWarnedOf30DaysAheadAndToldAfterwards() throws Exception {
    Instant now = Instant.now();
    Instant end = now.plus(Duration.ofDays(100));
    Tls tls = until(end);
    assertThat(tls.warnings(end.minus(Duration.ofDays(31)))).isEmpty();
    assertThat(tls.warnings(end.minus(Duration.ofDays(29))))
        .singleElement()
        .asString()
        .contains("the certificate of 'office' in ")
        .contains("office.crt expires in ")
        .contains("renew it");
    assertThat(tls.warnings(end.plusSeconds(2)))
        .singleElement()
        .asString()
        .contains("office.crt expired on ")
        .contains("nobody accepts it; renew it");
  }

  @Test
  void anAuthorityThatExpiresIsWarnedOfToo() throws Exception {
    Tls tls = until(Instant.now().plus(Duration.ofDays(90)));
    assertThat(tls.warnings(Instant.now().plus(Duration.ofDays(4000))))
        .anySatisfy(w -> assertThat(w).contains("authority.crt expired on "))
        .anySatisfy(w -> assertThat(w).contains("past its next update"));
  }

  @Test
  void withoutARevocationListThatIsSaid() throws Exception {
    TlsConfig files = authority.issue("office");
    Tls tls =
        Tls.open(
            new TlsConfig(files.certificate(), files.key(), files.authority(), Optional.empty()),
            CertificateUse.CONNECT);
    assertThat(tls.warnings(Instant.now()))
        .containsExactly(
            "no revocation list is configured: a revoked certificate is as good as any");
  }

  @Test
  void aListOfAnotherAuthorityLetsNobodyIn() throws Exception {
    TlsConfig files = authority.issue("office");
    TestAuthority other = new TestAuthority(directory.resolve("other"));
    TlsConfig mixed =
        new TlsConfig(
            files.certificate(), files.key(), files.authority(), Optional.of(other.revocations()));
    assertThatThrownBy(() -> Tls.open(mixed, CertificateUse.CONNECT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no revocation list of its authority is in force");
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    TlsConfig files = authority.issue("office");
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> Tls.open(files, CertificateUse.CONNECT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("chmod 600 " + files.key());
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    TlsConfig files = authority.issue("office");
    TlsConfig other = authority.issue("vault");
    TlsConfig mixed =
        new TlsConfig(files.certificate(), other.key(), files.authority(), files.revoked());
    assertThatThrownBy(() -> Tls.open(mixed, CertificateUse.CONNECT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("it is not that of " + files.certificate());
  }

  @Test
  void aHoldersCertificateIsNoAuthority() throws Exception {
    TlsConfig files = authority.issue("office");
    TlsConfig mixed =
        new TlsConfig(files.certificate(), files.key(), files.certificate(), Optional.empty());
    assertThatThrownBy(() -> Tls.open(mixed, CertificateUse.CONNECT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not every certificate in it is an authority's");
  }

  @Test
  void whatIsNoPemIsNamed() throws Exception {
    TlsConfig files = authority.issue("office");
    for (Path broken :
        List.of(
            files.certificate(), files.key(), files.authority(), files.revoked().orElseThrow())) {
      byte[] before = Files.readAllBytes(broken);
      Files.writeString(broken, "nonsense");
      assertThatThrownBy(() -> Tls.open(files, CertificateUse.CONNECT))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(broken.toString());
      Files.write(broken, before);
    }
  }

  @Test
  void aesComesFirstUnlessTheProcessorHasNone() {
    assertThat(CipherSuites.preferred(List.of("flags\t\t: fpu aes sse2")).getFirst())
        .startsWith("TLS_AES");
    assertThat(CipherSuites.preferred(List.of("Features\t: fp asimd aes")).getFirst())
        .startsWith("TLS_AES");
    assertThat(CipherSuites.preferred(List.of("flags\t\t: fpu vaesni sse2")).getFirst())
        .startsWith("TLS_CHACHA20");
    assertThat(CipherSuites.preferred(List.of("model name : aes")).getFirst())
        .startsWith("TLS_AES");
    assertThat(CipherSuites.preferred(List.of())).hasSize(3);
  }
}
