package io.longhaul.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.receiver.grant.ReceiveFlag;
import io.longhaul.receiver.grant.ReceiveGrant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The grants section. */
class ReceiverConfigTest {
  private static final String REST =
      """
      name: vault
      listen:
        port: 7402
        tokens: [{identity: console, file: /etc/longhaul/console.token.sha256}]
      peers: {office: {url: "http://127.0.0.1:7401"}}
      streams: {home: {command: [cat]}}
      """;

  @TempDir private Path folder;

  private ReceiverConfig read(String grants) throws Exception {
    return ConfigFile.read(
        Files.writeString(folder.resolve("receiver.yaml"), REST + grants), ReceiverConfig.class);
  }

  @Test
  void itIsReadAsTheManualHasIt() throws Exception {
    ReceiveGrant grant =
        read("""
        grants:
          - identity: console
            peers: [office]
            roots: [backup/office]
            streams: [home]
            flags: [-F]
        """)
            .grants()
            .orElseThrow()
            .getFirst();
    assertThat(grant.flags()).hasValue(Set.of(ReceiveFlag.FORCE));
    assertThat(grant.roots()).hasValue(List.of(DatasetName.parse("backup/office")));
    assertThat(grant.quota()).isEqualTo(new Quota(16, Long.MAX_VALUE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {identity: office}                     | nobody can come as 'office', only [console]
          {identity: console, streams: [hone]}   | grants.console.streams: there is no 'hone'
          {identity: console, peers: [ofice]}    | grants.console.peers: there is no 'ofice'
          {identity: console, spool: 4KiB}       | grants.console.spool: must hold at least two chunks
          {identity: console, flags: [-R]}       | flags
          {identity: console, roots: [backup/]}  | roots
          {identity: console, targets: [backup]} | targets
          """)
  void aMistakeIsNamed(String grants, String fault) {
    assertThatThrownBy(() -> read("grants: [" + grants + "]\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(fault);
  }
}
