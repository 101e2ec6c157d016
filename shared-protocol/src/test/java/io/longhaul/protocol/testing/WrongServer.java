package io.longhaul.protocol.testing;

import io.longhaul.protocol.testing.TestAuthority.Wish;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;

/** All that may be wrong with what the one who listens shows: nobody may ask it anything. */
public enum WrongServer {
  WRONG_HOST("not verified"),
  NO_HOST("not verified"),
  HOST_ONLY_AS_NAME("not verified"),
  WRONG_AUTHORITY("was not signed by an authority in"),
  NAMESAKE_OF_THE_AUTHORITY("is not good: "),
  EXPIRED("expired on"),
  NOT_YET_VALID("is not valid before"),
  REVOKED("was revoked"),
  ONLY_TO_CONNECT("may not be used to listen"),
  SHORT_KEY("its RSA key has 1024 bits"),
  OLD_SIGNATURE("it is signed by SHA1withECDSA");

  private final String reason;

  WrongServer(String reason) {
    this.reason = reason;
  }

  /** Returns what the one who connects says to people. */
  public String reason() {
    return reason;
  }

  /** Returns the files to show at this host, all else in them being good. */
  public TlsConfig shown(TestAuthority ours, String host) throws IOException {
    Instant now = Instant.now();
    Wish good = Wish.of("office", host);
    Wish wrong =
        switch (this) {
          case WRONG_HOST -> Wish.of("office", "office.example", "127.0.0.2");
          case NO_HOST -> Wish.of("office");
          case HOST_ONLY_AS_NAME -> Wish.of(host);
          case WRONG_AUTHORITY, NAMESAKE_OF_THE_AUTHORITY, REVOKED -> good;
          case EXPIRED -> good.during(now.minusSeconds(9000), now.minusSeconds(60));
          case NOT_YET_VALID -> good.during(now.plusSeconds(3600), now.plusSeconds(9000));
          case ONLY_TO_CONNECT -> good.only(Set.of(CertificateUse.CONNECT));
          case SHORT_KEY -> good.withRsaKey(1024);
          case OLD_SIGNATURE -> good.signedBy("SHA1withECDSA");
        };
    TestAuthority signer =
        switch (this) {
          case WRONG_AUTHORITY -> ours.stranger();
          case NAMESAKE_OF_THE_AUTHORITY -> ours.namesake();
          default -> ours;
        };
    TlsConfig files = signer.issue("server-" + this, wrong);
    if (this == REVOKED) {
      ours.revoke(files);
    }
    return files;
  }
}
