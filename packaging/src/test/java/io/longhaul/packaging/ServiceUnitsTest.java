package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Tools;
import io.longhaul.receiver.ReceiverMain;
import io.longhaul.sender.SenderMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The service units are ones that systemd reads, and leave the pumps alone. */
class ServiceUnitsTest {
  private static final Path UNITS = Path.of("src/main/systemd");
  private static final String INSTALLED = "/opt/longhaul/current";

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent", "coordinator"})
  void systemdFindsNoFault(String agent, @TempDir Path directory) throws Exception {
    Tools.need("systemd-analyze");
    Path program = Files.createDirectory(directory.resolve("bin")).resolve(agent);
    Files.createFile(program);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Path unit = directory.resolve(agent + ".service");
    Files.writeString(unit, text(agent).replace(INSTALLED, directory.toString()));

    CommandResult result =
        CommandResult.of(List.of("systemd-analyze", "verify", "--man=no", unit.toString()));

    assertThat(result.exit()).as(result.toString()).isZero();
    assertThat(result.out() + result.err()).as("what it does not know it ignores").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void aStopEndsTheAgentAlone(String agent) throws Exception {
    assertThat(settings(agent))
        .containsEntry("KillMode", "process")
        .containsEntry("SendSIGHUP", "no")
        .containsEntry("OOMPolicy", "continue")
        .containsEntry("Restart", "always")
        .containsEntry("SuccessExitStatus", "143")
        .containsEntry("RestartPreventExitStatus", "2");
  }

  /**
   * A mount namespace ends or changes with the service while its pumps go on, hides /dev/zfs and
   * the places where sinks write, and keeps what {@code zfs receive} mounts from everybody else. A
   * Java runtime writes what it executes. A runtime directory goes when the service stops.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void nothingIsSetThatHarmsAPump(String agent) throws Exception {
    assertThat(settings(agent).keySet())
        .noneMatch(key -> key.startsWith("Private") || key.startsWith("Protect"))
        .noneMatch(key -> key.endsWith("Paths") || key.startsWith("Bind") || key.startsWith("Root"))
        .doesNotContain(
            "DynamicUser",
            "ExecStop",
            "MemoryDenyWriteExecute",
            "MemoryMax",
            "RestrictSUIDSGID",
            "RuntimeDirectory",
            "RuntimeMaxSec",
            "TemporaryFileSystem",
            "UMask");
  }

  /** Processes hand these down, so pumps keep them for as long as they live. */
  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void anOwnUserWithoutAnyPrivilege(String agent) throws Exception {
    assertThat(settings(agent))
        .containsEntry("User", "longhaul")
        .containsEntry("NoNewPrivileges", "yes")
        .containsEntry("CapabilityBoundingSet", "")
        .containsEntry("RestrictNamespaces", "yes")
        .containsEntry("SystemCallFilter", "@system-service")
        .containsEntry("SystemCallErrorNumber", "EPERM")
        .containsEntry("LimitCORE", "0");
  }

  /** 0 is a service that can do nothing, 10 one that can do all; it was 9.2 without any of this. */
  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void systemdFindsLittleExposed(String agent, @TempDir Path directory) throws Exception {
    Tools.need("systemd-analyze");
    Path unit = Files.writeString(directory.resolve(agent + ".service"), text(agent));

    CommandResult result =
        CommandResult.of(
            List.of(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                "--threshold=40",
                unit.toString()));

    assertThat(result.exit()).as(result.toString()).isZero();
  }

  @Test
  void theUserIsOneThatSystemdMakes() throws Exception {
    Tools.need("systemd-sysusers");
    CommandResult result =
        CommandResult.of(
            List.of(
                "systemd-sysusers",
                "--dry-run",
                UNITS.resolve("longhaul.sysusers").toAbsolutePath().toString()));
    assertThat(result.exit()).as(result.toString()).isZero();
    assertThat(Files.readString(UNITS.resolve("longhaul.sysusers")))
        .contains("\nu " + setting("sender-agent", "User") + " ")
        .contains("\nu " + setting("receiver-agent", "User") + " ");
  }

  @Test
  void theCommandsAreOnesThatTheAgentsTake() throws Exception {
    takes(SenderMain.commandLine(), "sender-agent", "sender.yaml");
    takes(ReceiverMain.commandLine(), "receiver-agent", "receiver.yaml");
  }

  private static void takes(CommandLine agent, String name, String configuration) throws Exception {
    List<String> words = List.of(setting(name, "ExecStart").split(" ", -1));
    assertThat(words)
        .containsExactly(INSTALLED + "/bin/" + name, "--config", "/etc/longhaul/" + configuration);
    String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
    assertThatCode(() -> agent.parseArgs(arguments)).doesNotThrowAnyException();
  }

  /** The default configuration's spool is the directory that the unit makes. */
  @ParameterizedTest
  @ValueSource(strings = {"sender", "receiver"})
  void theSpoolIsTheServicesState(String role) throws Exception {
    String state = setting(role + "-agent", "StateDirectory");
    assertThat(Files.readString(Path.of("src/main/image/etc", role + ".yaml")))
        .contains("directory: /var/lib/" + state + "\n");
  }

  private static String text(String agent) throws Exception {
    return Files.readString(UNITS.resolve(agent + ".service"));
  }

  private static String setting(String agent, String key) throws Exception {
    return Objects.requireNonNull(settings(agent).get(key), key);
  }

  private static Map<String, String> settings(String agent) throws Exception {
    try (Stream<String> lines = text(agent).lines()) {
      return lines
          .filter(line -> line.contains("=") && !line.startsWith("#"))
          .map(line -> Arrays.asList(line.split("=", 2)))
          .collect(Collectors.toMap(List::getFirst, List::getLast));
    }
  }
}
