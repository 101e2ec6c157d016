package io.longhaul.protocol.testing;

import io.longhaul.protocol.testing.TestAuthority.Wish;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** All that may be wrong with what the one who connects shows: each has to be refused. */
public enum WrongClient {
  NO_CERTIFICATE(""),
  WRONG_AUTHORITY("was not signed by an authority in"),
  NAMESAKE_OF_THE_AUTHORITY("is not good: "),
  EXPIRED("expired on"),
  NOT_YET_VALID("is not valid before"),
  REVOKED("was revoked"),
  ONLY_TO_LISTEN("may not be used to connect"),
  FOR_NO_USE("may not be used to connect"),
  SHORT_KEY("its RSA key has 1024 bits"),
  OLD_SIGNATURE("it is signed by SHA1withECDSA");

  private final String reason;

  WrongClient(String reason) {
    this.reason = reason;
  }

  /** Returns what the refusal says to people; empty if there is nothing to say it of. */
  public String reason() {
    return reason;
  }

  /** Returns the files to show, all else in them being good. */
  public Optional<TlsConfig> shown(TestAuthority ours, String name) throws IOException {
    Instant now = Instant.now();
    Wish good = Wish.of(name);
    Wish wrong =
        switch (this) {
          case NO_CERTIFICATE, WRONG_AUTHORITY, NAMESAKE_OF_THE_AUTHORITY, REVOKED -> good;
          case EXPIRED -> good.during(now.minusSeconds(9000), now.minusSeconds(60));
          case NOT_YET_VALID -> good.during(now.plusSeconds(3600), now.plusSeconds(9000));
          case ONLY_TO_LISTEN -> good.only(Set.of(CertificateUse.LISTEN));
          case FOR_NO_USE -> good.only(Set.of());
          case SHORT_KEY -> good.withRsaKey(1024);
          case OLD_SIGNATURE -> good.signedBy("SHA1withECDSA");
        };
    TestAuthority signer =
        switch (this) {
          case WRONG_AUTHORITY -> ours.stranger();
          case NAMESAKE_OF_THE_AUTHORITY -> ours.namesake();
          default -> ours;
        };
    if (this == NO_CERTIFICATE) {
      return Optional.empty();
    }
    TlsConfig files = signer.issue("client-" + this, wrong);
    if (this == REVOKED) {
      ours.revoke(files);
    }
    return Optional.of(files);
  }
}
