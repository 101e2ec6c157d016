package io.longhaul.receiver.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.Decision;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.DatasetName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiveGrantsTest {
  private static final ReceiveGrants GRANTS =
      new ReceiveGrants(
          Optional.of(
              List.of(
                  new ReceiveGrant(
                      "office",
                      Optional.of(Set.of("office")),
                      Optional.of(List.of(DatasetName.parse("backup/office"))),
                      Optional.of(Set.of("home")),
                      Optional.empty(),
                      Optional.of(3),
                      Optional.of(new DataSize(1 << 20))),
                  new ReceiveGrant(
                      "console",
                      Optional.of(Set.of("office", "depot")),
                      Optional.of(List.of(DatasetName.parse("backup"))),
                      Optional.empty(),
                      Optional.of(Set.of(ReceiveFlag.FORCE)),
                      Optional.empty(),
                      Optional.empty()))));
  private static final ReceiveGrants NONE = new ReceiveGrants(Optional.empty());

  private static Identity identity(String name) {
    return name.equals("local") ? Identity.LOCAL : new Identity(name, name.equals("admin"));
  }

  /** {@code :NAME} is a stream, {@code -F} before a dataset rolls it back. */
  private static ReceiveRequest request(String peer, String sink) {
    boolean force = sink.startsWith("-F ");
    return new ReceiveRequest(
        sink.startsWith(":")
            ? new SinkSpec.Stream(sink.substring(1))
            : new SinkSpec.Zfs(
                DatasetName.parse(sink.substring(force ? 3 : 0)), force, true, "daily"),
        peer,
        SessionLimits.DEFAULT,
        Map.of());
  }

  private static String decide(ReceiveGrants grants, String creator, String peer, String sink) {
    return switch (grants.decide(identity(creator), request(peer, sink))) {
      case Decision.Allowed _ -> "";
      case Decision.Refused refused -> refused.rule();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # creator | peer   | sink                | refused because
          office    | office | backup/office/vm    |
          office    | office | backup/office/a/b   |
          office    | office | backup/office       | backup/office is not below one of roots
          office    | office | backup              | backup is not below one of roots
          office    | office | backup/office2/vm   | backup/office2/vm is not below one of roots
          office    | office | backup/depot/vm     | backup/depot/vm is not below one of roots
          office    | office | -F backup/office/vm | 'office': flags has no -F
          office    | office | :home               |
          office    | office | :root               | 'office': streams has no 'root'
          office    | depot  | backup/office/vm    | 'office': peers has no 'depot'
          office    | depot  | :home               | 'office': peers has no 'depot'
          console   | depot  | backup/depot/vm     |
          console   | depot  | -F backup/office/vm |
          console   | depot  | tank/vm             | tank/vm is not below one of roots
          console   | depot  | :home               | 'console': streams has no 'home'
          listed    | office | backup/office/vm    | there is no grant for 'listed'
          admin     | office | backup/office/vm    | there is no grant for 'admin'
          local     | office | :home               | there is no grant for 'local'
          """)
  void decides(String creator, String peer, String sink, String because) {
    String rule = decide(GRANTS, creator, peer, sink);
    if (because == null) {
      assertThat(rule).isEmpty();
    } else {
      assertThat(rule).contains(because);
    }
  }

  @Test
  void withoutASectionOnlyLocalMayAnything() {
    for (String sink : List.of(":home", "tank/vm", "-F tank")) {
      assertThat(decide(NONE, "local", "office", sink)).isEmpty();
      assertThat(decide(NONE, "office", "office", sink)).contains("no grant for 'office'");
      assertThat(decide(NONE, "admin", "office", sink)).contains("no grant for 'admin'");
    }
    assertThat(NONE.hasPeer(Identity.LOCAL, "office")).isTrue();
    assertThat(NONE.hasPeer(identity("admin"), "office")).isFalse();
  }

  @Test
  void aPeerIsKnownToWhomItIsGranted() {
    assertThat(GRANTS.hasPeer(identity("office"), "office")).isTrue();
    assertThat(GRANTS.hasPeer(identity("office"), "depot")).isFalse();
    assertThat(GRANTS.hasPeer(identity("listed"), "office")).isFalse();
    assertThat(GRANTS.hasPeer(Identity.LOCAL, "office")).isFalse();
  }

  @Test
  void theQuotaIsInTheGrant() {
    assertThat(GRANTS.decide(identity("office"), request("office", ":home")))
        .isEqualTo(new Decision.Allowed(new Quota(3, 1 << 20)));
    assertThat(GRANTS.quota("console")).isEqualTo(new Quota(16, Long.MAX_VALUE));
  }
}
