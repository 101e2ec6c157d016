package io.longhaul.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @TempDir Path directory;

  @Test
  void tellsItsVersion() {
    assertThat(Run.of("--version").out()).matches("longhaul (dev|\\d+\\.\\d+\\.\\d+)\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "start", "status", "list", "abort", "clean", "agents", "plan", "jobs", "wakeup", "daemon"
      })
  void everyCommandTeachesByExample(String command) {
    Run run = Run.of(command, "--help");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("Exit codes:")
        .contains("Examples:\n")
        .contains("coordinator " + command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Missing required subcommand",
        "begin | 'begin'",
        "start office:tank@a | no TARGET is named",
        "start office:tank@a vault:b --chunk-size 16MB | a size is a whole number and B, KiB",
        "start office:tank@a vault:b --stalled soon | a time is a whole number",
        "start office:tank@a vault:b --digests crc | digests must be md5, sha256 or both",
        "start office:tank@a vault:b --chunk-size 1KiB | chunkBytes must be 4096 to",
        "start office:tank@a vault:b --stalled 0s | inactivity limits must be positive",
        "start office:tank@a vault:b --from a | its own base",
        "start office:tank@a vault:b --label x | --label",
        "start tank@a vault:b | names no agent",
        "start office:tank vault:b --from a | --from is for one snapshot",
        "start office:tank vault:b@c | target: must be AGENT:DATASET without a snapshot",
        "plan office:tank vault:b --intermediate some | --intermediate: there is no 'some'",
        "plan office:tank vault:b --filter other<=true | filter: other is neither tank nor below it",
        "artifacts | Missing required subcommand",
        "artifacts release office:tank | --stale",
        "wakeup | Missing required parameter: 'JOB'",
        "status --follow | none is named",
        "abort | Missing required parameter: 'SESSION'",
        "list --config /nowhere/c.yaml | /nowhere/c.yaml but there is no such file",
      })
  void whatIsMistypedIsNamedAndEndsWithTwo(String words, String message) {
    Run run = Run.of(words.isEmpty() ? new String[0] : words.split(" "));
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aBadConfigurationIsNamedWithItsLine() throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), "agents:\n  office: {sendr: {}}\n");
    Run run = Run.of("list", "--config", file.toString());
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("c.yaml:2").contains("sendr").doesNotContain("\tat ");
  }
}
