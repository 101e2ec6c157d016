package io.longhaul.sender.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.grant.Decision;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendGrantsTest {
  private static final SendGrants GRANTS =
      new SendGrants(
          Optional.of(
              List.of(
                  new SendGrant(
                      "vault",
                      Optional.of(
                          new DatasetFilter(Map.of("tank/vm<", true, "tank/vm/secret<", false))),
                      Optional.of(Set.of("home")),
                      Optional.of(Set.of(SendFlag.REPLICATE)),
                      Optional.empty(),
                      Optional.of(2),
                      Optional.of(new DataSize(1 << 20)),
                      Optional.of(new DataSize(1 << 21))),
                  new SendGrant(
                      "depot",
                      Optional.of(new DatasetFilter(Map.of("tank<", true))),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty()),
                  new SendGrant(
                      "safe",
                      Optional.of(new DatasetFilter(Map.of("tank/vm<", true))),
                      Optional.of(Set.of("home")),
                      Optional.of(Set.of(SendFlag.REPLICATE)),
                      Optional.of(true),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty()),
                  new SendGrant(
                      "empty",
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty()))));
  private static final SendGrants NONE = new SendGrants(Optional.empty());

  /** {@code :NAME} is a stream; {@code -R} and {@code -w} may stand before a snapshot. */
  private static SourceSpec source(String text) {
    if (text.startsWith(":")) {
      return new SourceSpec.Stream(text.substring(1));
    }
    SnapshotName snapshot = SnapshotName.parse(text.substring(text.lastIndexOf(' ') + 1));
    return new SourceSpec.Zfs(
        new ZfsSend(
            snapshot,
            Optional.of(SendBase.parse("@base")),
            false,
            text.contains("-R "),
            text.contains("-w ")));
  }

  private static String decide(SendGrants grants, String creator, String reader, String source) {
    Identity asker =
        creator.equals("local") ? Identity.LOCAL : new Identity(creator, creator.equals("console"));
    return switch (grants.decide(asker, reader, source(source))) {
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
          # creator | reader | source             | refused because
          vault     | vault  | tank/vm@a          |
          vault     | vault  | tank/vm/disk@a     |
          vault     | vault  | tank@a             | 'vault': datasets does not mean tank
          vault     | vault  | tank/vm2@a         | 'vault': datasets does not mean tank/vm2
          vault     | vault  | tank/vm/secret@a   | 'vault': datasets does not mean tank/vm/secret
          vault     | vault  | tank/vm/secret/a@a | 'vault': datasets does not mean tank/vm/secret/a
          vault     | vault  | -R tank/vm/disk@a  |
          vault     | vault  | -R tank/vm@a       | does not mean all below tank/vm, as -R needs
          vault     | vault  | :home              |
          vault     | vault  | :root              | 'vault': streams has no 'root'
          depot     | depot  | tank/vm/secret@a   |
          depot     | depot  | -R tank/vm@a       | 'depot': flags has no -R
          depot     | depot  | :home              | 'depot': streams has no 'home'
          depot     | vault  | tank/vm@a          |
          depot     | vault  | tank/db@a          | 'vault': datasets does not mean tank/db
          vault     | depot  | tank/db@a          | 'vault': datasets does not mean tank/db
          vault     | vault  | -w tank/vm@a       |
          vault     | vault  | -w tank@a          | 'vault': datasets does not mean tank
          safe      | safe   | tank/vm@a          | 'safe': raw-only, and the request is without -w
          safe      | safe   | -R tank/vm@a       | 'safe': raw-only, and the request is without -w
          safe      | safe   | -w tank/vm@a       |
          safe      | safe   | -R -w tank/vm@a    |
          safe      | safe   | -w tank/db@a       | 'safe': datasets does not mean tank/db
          safe      | safe   | :home              |
          console   | safe   | tank/vm@a          | 'safe': raw-only, and the request is without -w
          empty     | empty  | tank/vm@a          | 'empty': datasets does not mean tank/vm
          empty     | empty  | :home              | 'empty': streams has no 'home'
          empty     | vault  | tank/vm@a          | 'empty': datasets
          listed    | listed | tank/vm@a          | there is no grant for 'listed'
          listed    | vault  | tank/vm@a          | there is no grant for 'listed'
          vault     | listed | tank/vm@a          | there is no grant for 'listed'
          console   | vault  | tank/vm@a          |
          console   | vault  | tank/db@a          | 'vault': datasets does not mean tank/db
          console   | console| tank/vm@a          | there is no grant for 'console'
          local     | local  | tank/vm@a          | there is no grant for 'local'
          """)
  void decides(String creator, String reader, String source, String because) {
    String rule = decide(GRANTS, creator, reader, source);
    if (because == null) {
      assertThat(rule).isEmpty();
    } else {
      assertThat(rule).contains(because);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tank@a", "-R tank@a", ":home"})
  void withoutASectionOnlyLocalMayAnything(String source) {
    assertThat(decide(NONE, "local", "local", source)).isEmpty();
    assertThat(decide(NONE, "local", "vault", source)).contains("no grant for 'vault'");
    assertThat(decide(NONE, "vault", "vault", source)).contains("no grant for 'vault'");
    assertThat(decide(NONE, "console", "vault", source)).contains("no grant for 'vault'");
    assertThat(decide(NONE, "vault", "local", source)).contains("no grant for 'vault'");
  }

  @Test
  void theQuotaIsTheReadersOwn() {
    assertThat(GRANTS.decide(new Identity("depot", false), "vault", source("tank/vm@a")))
        .isEqualTo(new Decision.Allowed(new Quota(2, 1 << 20)));
    assertThat(GRANTS.quota("depot")).isEqualTo(new Quota(16, Long.MAX_VALUE));
    assertThat(GRANTS.rate("vault")).hasValue(2L << 20);
    assertThat(GRANTS.rate("depot")).isEmpty();
    assertThat(GRANTS.rate("unheardof")).isEmpty();
  }
}
