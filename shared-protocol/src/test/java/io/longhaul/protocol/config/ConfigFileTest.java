package io.longhaul.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.auth.TokenConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
  enum Colour {
    RED,
    GREEN
  }

  record Peer(URI url, Optional<Path> tokenFile) {}

  record Config(
      String name,
      int port,
      boolean openDoor,
      Optional<Colour> colour,
      Optional<DataSize> limit,
      Optional<TimeSpan> pause,
      Optional<Double> share,
      Optional<List<TokenConfig>> tokens,
      Optional<Map<String, Peer>> peers)
      implements ConfigFile.Checked {
    @Override
    public List<String> problems() {
      List<String> problems = new ArrayList<>();
      if (port < 0) {
        problems.add("port: must be 0 or more, was " + port);
      }
      if (name.isBlank()) {
        problems.add("name: must not be blank");
      }
      return problems;
    }
  }

  private static final String GOOD =
      """
      name: office
      port: 7171
      open-door: true
      """;

  private static Config read(Path dir, String text) throws Exception {
    return ConfigFile.read(Files.writeString(dir.resolve("agent.yaml"), text), Config.class);
  }

  private static void assertRefused(Path dir, String text, String... words) {
    assertThatThrownBy(() -> read(dir, text))
        .isInstanceOf(ConfigException.class)
        .message()
        .startsWith(dir.resolve("agent.yaml").toString())
        .contains(words)
        .doesNotContain("java.", "io.longhaul", "Deserialization", "FAIL_ON", "`");
  }

  @Test
  void whatMayBeLeftOutIsEmpty(@TempDir Path dir) throws Exception {
    assertThat(read(dir, GOOD))
        .isEqualTo(
            new Config(
                "office",
                7171,
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void everyKindOfValueIsRead(@TempDir Path dir) throws Exception {
    Config config =
        read(
            dir,
            GOOD
                + """
                # a comment
                colour: GREEN
                limit: 4GiB
                pause: 7d
                share: 0.5
                tokens:
                  - identity: vault
                    file: /etc/longhaul/vault.token
                    admin: false
                peers:
                  office: {url: "http://127.0.0.1:7171", token-file: /etc/t}
                """);
    assertThat(config.colour()).contains(Colour.GREEN);
    assertThat(config.limit()).contains(new DataSize(4L << 30));
    assertThat(config.pause()).contains(new TimeSpan(Duration.ofDays(7)));
    assertThat(config.share()).contains(0.5);
    assertThat(config.tokens())
        .contains(List.of(new TokenConfig("vault", Path.of("/etc/longhaul/vault.token"), false)));
    assertThat(config.peers())
        .contains(
            Map.of(
                "office",
                new Peer(URI.create("http://127.0.0.1:7171"), Optional.of(Path.of("/etc/t")))));
  }

  @Test
  void aTokenIsNoAdministratorsUnlessItSaysSo(@TempDir Path dir) throws Exception {
    String token = "tokens:\n  - {identity: vault, file: /etc/longhaul/vault.token%s}\n";
    assertThat(read(dir, GOOD + token.formatted("")).tokens().orElseThrow().getFirst().admin())
        .isFalse();
    assertThat(
            read(dir, GOOD + token.formatted(", admin: true"))
                .tokens()
                .orElseThrow()
                .getFirst()
                .admin())
        .isTrue();
    assertRefused(dir, GOOD + token.formatted(", admn: true"), "admn: unknown key");
  }

  @Test
  void aSizeMayBeAPlainNumber(@TempDir Path dir) throws Exception {
    assertThat(read(dir, GOOD + "limit: 65536\n").limit()).contains(new DataSize(65536));
  }

  @Test
  void aNameMayLookLikeANumber(@TempDir Path dir) throws Exception {
    assertThat(read(dir, GOOD.replace("office", "42")).name()).isEqualTo("42");
  }

  @Test
  void anUnknownKey(@TempDir Path dir) {
    assertRefused(
        dir, GOOD + "colr: RED\n", ":4: colr: unknown key; known here are colour, limit, name");
  }

  @Test
  void anUnknownKeyFurtherIn(@TempDir Path dir) {
    assertRefused(
        dir,
        GOOD + "peers:\n  office:\n    url: http://h:1\n    token: x\n",
        ":7: peers.office.token: unknown key; known here are token-file, url");
  }

  @Test
  void aKeyInCamelCase(@TempDir Path dir) {
    assertRefused(dir, GOOD.replace("open-door", "openDoor"), ":3: openDoor: unknown key");
  }

  @Test
  void aKeyGivenTwice(@TempDir Path dir) {
    assertRefused(dir, GOOD + "name: vault\n", ":4: ", "name", "twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "port", "open-door"})
  void aMissingKey(String key, @TempDir Path dir) {
    String text = GOOD.lines().filter(l -> !l.startsWith(key)).reduce("", (a, b) -> a + b + "\n");
    assertRefused(dir, text, key + ": a value is missing");
  }

  @Test
  void aMissingKeyInANestedList(@TempDir Path dir) {
    assertRefused(
        dir,
        GOOD + "tokens:\n  - identity: a\n    file: /t\n    admin: true\n  - identity: b\n",
        "tokens[1].",
        "a value is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "port", "open-door"})
  void aNull(String key, @TempDir Path dir) {
    for (String none : new String[] {"", "null", "~"}) {
      String text =
          GOOD.lines()
              .map(line -> line.startsWith(key) ? key + ": " + none : line)
              .reduce("", (a, b) -> a + b + "\n");
      assertRefused(dir, text, key + ": a value is missing");
    }
  }

  @Test
  void aNullInAList(@TempDir Path dir) {
    assertRefused(dir, GOOD + "tokens:\n  -\n", "tokens[0]: a value is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port: many | :4: port: ",
        "port: 7.5 | :4: port: ",
        "port: 99999999999 | :4: port: ",
        "port: [1] | :4: port: ",
        "open-door: maybe | :4: open-door: ",
        "open-door: 1 | :4: open-door: ",
        "name: {a: b} | :4: name: ",
        "colour: blue | :4: colour: ",
        "limit: 4GB | :4: limit: a size is a whole number and B, KiB, MiB",
        "limit: -1 | :4: limit: a size",
        "pause: 5 | :4: pause: a time is a whole number and ms, s, m, h or d",
        "tokens: none | :4: tokens: ",
        "tokens: {identity: a} | :4: tokens: ",
        "peers: [a] | :4: peers: ",
      })
  void aWrongValue(String line, String said, @TempDir Path dir) {
    String key = line.substring(0, line.indexOf(':'));
    String others = GOOD.lines().filter(l -> !l.startsWith(key)).reduce("", (a, b) -> a + b + "\n");
    String padding = "# x\n".repeat(3 - (int) others.lines().count());
    assertRefused(dir, padding + others + line + "\n", said);
  }

  @Test
  void aWrongValueInANestedList(@TempDir Path dir) {
    assertRefused(
        dir,
        GOOD
            + """
            tokens:
              - {identity: a, file: /a, admin: true}
              - identity: b
                file: /b
                admin: perhaps
            """,
        ":8: tokens[1].admin: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"name: [office\n", "name: \"office\n", "a: b: c\n", "\tname: x\n", "- %x"})
  void brokenYaml(String text, @TempDir Path dir) {
    assertRefused(dir, text, "this is not YAML");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# nothing but a comment\n", "---\n", "null\n"})
  void anEmptyFile(String text, @TempDir Path dir) {
    assertRefused(dir, text, "the file is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"office\n", "- name\n", "5\n"})
  void aFileThatIsNotAMapping(String text, @TempDir Path dir) {
    assertRefused(dir, text, ": the file: must be a mapping of keys to values");
  }

  @Test
  void aSecondDocumentIsNotPassedOver(@TempDir Path dir) {
    assertRefused(dir, GOOD + "---\nname: vault\n", "the file");
  }

  @Test
  void allFaultsOfTheValuesAtOnce(@TempDir Path dir) {
    Path file = dir.resolve("agent.yaml");
    assertThatThrownBy(() -> read(dir, "name: ' '\nport: -5\nopen-door: true\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            file + ": port: must be 0 or more, was -5\n" + file + ": name: must not be blank");
  }

  @Test
  void aFileThatIsNotThere(@TempDir Path dir) {
    assertThatThrownBy(() -> ConfigFile.read(dir.resolve("none.yaml"), Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessage("Tried to read " + dir.resolve("none.yaml") + " but there is no such file");
  }

  @Test
  void aDirectoryInstead(@TempDir Path dir) {
    assertThatThrownBy(() -> ConfigFile.read(dir, Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageContaining("directory");
  }
}
