package io.longhaul.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.sender.grant.SendFlag;
import io.longhaul.sender.grant.SendGrant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The grants section. */
class SenderConfigTest {
  private static final String REST =
      """
      name: office
      listen:
        port: 7401
        tokens: [{identity: vault, file: /etc/longhaul/vault.token.sha256}]
      streams: {home: {command: [cat]}}
      """;

  @TempDir private Path folder;

  private SenderConfig read(String grants) throws Exception {
    return ConfigFile.read(
        Files.writeString(folder.resolve("sender.yaml"), REST + grants), SenderConfig.class);
  }

  @Test
  void itIsReadAsTheManualHasIt() throws Exception {
    SendGrant grant =
        read("""
        grants:
          - identity: vault
            datasets: {"tank/vm<": true, "tank/vm/scratch<": false}
            streams: [home]
            flags: [-R]
            sessions: 4
            spool: 2GiB
            raw-only: true
            rate: 8MiB
        """)
            .grants()
            .orElseThrow()
            .getFirst();
    assertThat(grant.flags()).hasValue(Set.of(SendFlag.REPLICATE));
    assertThat(grant.streams()).hasValue(Set.of("home"));
    assertThat(grant.quota()).isEqualTo(new Quota(4, 2L << 30));
    assertThat(grant.rawOnly()).hasValue(true);
    assertThat(grant.rate()).hasValue(new DataSize(8 << 20));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {identity: vualt}                            | nobody can come as 'vualt', only [vault]
          {identity: vault}, {identity: vault}         | 'vault' is there twice
          {identity: vault, streams: [hone]}           | grants.vault.streams: there is no 'hone'
          {identity: vault, sessions: 0}               | grants.vault.sessions: must be 1 or more, was 0
          {identity: vault, spool: 4KiB}               | grants.vault.spool: must hold at least two chunks
          {identity: vault, rate: 10KiB}               | grants.vault.rate: must be 64KiB a second or more, was 10KiB
          {identity: vault, raw-only: perhaps}         | raw-only
          {identity: vault, flags: [-X]}               | flags
          {identity: vault, datasets: {"tank/": true}} | datasets
          {identity: vault, datasets: {tank: 1}}       | datasets
          {identity: vault, dataset: {tank: true}}     | dataset
          {streams: [home]}                            | identity
          """)
  void aMistakeIsNamed(String grants, String fault) {
    assertThatThrownBy(() -> read("grants: [" + grants + "]\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(fault);
  }

  @Test
  void withoutItThereIsAWarningAsSoonAsSomebodyHasToSayWhoHeIs() throws Exception {
    assertThat(read("").warning()).isPresent();
    assertThat(read("grants: []\n").warning()).isEmpty();
  }
}
