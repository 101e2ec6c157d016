package io.longhaul.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoordinatorConfigTest {
  @TempDir Path directory;

  private CoordinatorConfig read(String yaml) throws Exception {
    return ConfigFile.read(
        Files.writeString(directory.resolve("c.yaml"), yaml), CoordinatorConfig.class);
  }

  @Test
  void machinesHaveASenderOrAReceiverOrBoth() throws Exception {
    CoordinatorConfig config =
        read(
            """
            agents:
              office: {sender: {url: http://127.0.0.1:7401, token-file: /etc/longhaul/office.token}}
              vault:
                sender: {url: "http://[::1]:7401"}
                receiver: {url: http://vault.example:7402}
            """);
    assertThat(config.agents()).containsOnlyKeys("office", "vault");
    assertThat(config.agents().get("office"))
        .isNotNull()
        .satisfies(office -> assertThat(office.receiver()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'agents: {}' | agents: must name at least one agent",
        "'agents: {office: {}}' | agents.office: needs a sender, a receiver or both",
        "'agents: {of fice: {sender: {url: http://h:1}}}' | agents.of fice: a name is letters",
        "'agents: {a: {sender: {url: ftp://h:1}}}' | agents.a.sender.url: must be http://HOST:PORT",
        "'agents: {a: {sender: {url: http://h:1, tokenfile: x}}}' | tokenfile: unknown key",
        "'agents: {a: {sendr: {url: http://h:1}}}' | sendr: unknown key",
        "'agents: {a: {sender: {url: http://h:1}}}%extra: 1' | c.yaml:2: extra: unknown key; known here are agents",
        "'agents: }' | this is not YAML",
        "'agents: {a: {sender: {}}}' | a value is missing",
        "'agents: {a: }' | agents.a: a value is missing",
      })
  void faultsAreNamedWithTheirFileAndKey(String yaml, String fault) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(yaml.replace('%', '\n')))
        .withMessageContaining("c.yaml")
        .withMessageContaining(fault);
  }
}
