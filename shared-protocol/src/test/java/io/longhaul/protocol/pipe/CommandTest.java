package io.longhaul.protocol.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

  private static String output(Command command) throws Exception {
    Process process = command.inOwnSession().redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private static Map<String, String> environment(Command command) throws Exception {
    return Arrays.stream(output(command).split("\0", -1))
        .filter(entry -> entry.contains("="))
        .map(entry -> entry.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  @Test
  void theProgramIsNamedWithoutItsFolder() {
    assertThat(Command.of(List.of("/opt/zfs/sbin/zfs", "list")).program()).isEqualTo("zfs");
    assertThat(Command.of(List.of("zfs")).program()).isEqualTo("zfs");
  }

  @Test
  void passesOnFourVariablesAndItsOwn() throws Exception {
    Map<String, String> variables =
        environment(new Command(List.of("env", "-0"), Map.of("PGHOST", "db", "LC_ALL", "C")));
    assertThat(variables)
        .containsEntry("PGHOST", "db")
        .containsEntry("LC_ALL", "C")
        .containsEntry("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    assertThat(variables.keySet())
        .isSubsetOf("PGHOST", "LC_ALL", "PATH", "HOME", "USER", "LOGNAME");
  }

  @Test
  void speaksUtf8UnlessToldOtherwise() throws Exception {
    assertThat(environment(Command.of(List.of("env", "-0")))).containsEntry("LC_ALL", "C.UTF-8");
  }

  @Test
  void noShellSeesTheArguments() throws Exception {
    String odd = "$(id) `id` ; \"' \\ * \u00e4\n-x";
    assertThat(output(Command.of(List.of("printf", "%s|%s", odd, "")))).isEqualTo(odd + "|");
  }

  @Test
  void leadsAProcessGroupAndSessionOfItsOwn() throws Exception {
    /* Fields 1, 5 and 6 of stat: pid, process group, session. */
    String said = output(Command.of(List.of("cat", "/proc/self/stat")));
    String[] fields = said.substring(said.lastIndexOf(')') + 2).split(" ", -1);
    String pid = said.substring(0, said.indexOf(' '));
    assertThat(fields[2]).isEqualTo(pid);
    assertThat(fields[3]).isEqualTo(pid);
  }

  @Test
  void findsItsProgramOnAFixedPath() {
    assertThat(Command.of(List.of("sh")).executable()).isPresent();
    assertThat(Command.of(List.of("/bin/sh")).executable()).contains(Path.of("/bin/sh"));
    assertThat(Command.of(List.of("no-such-program")).executable()).isEmpty();
    assertThat(Command.of(List.of("/no/such/program")).executable()).isEmpty();
    assertThat(Command.of(List.of("/etc")).executable()).isEmpty();
    assertThat(Command.of(List.of("/etc/passwd")).executable()).isEmpty();
  }

  @Test
  void findsItsProgramOnThePathThatItIsGiven(@TempDir Path dir) throws Exception {
    Path program =
        Files.createFile(
            dir.resolve("only-here"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(program, "#!/bin/sh\necho found\n");
    Command command = new Command(List.of("only-here"), Map.of("PATH", "/bin:" + dir));
    assertThat(command.executable()).contains(program);
    assertThat(output(command)).isEqualTo("found\n");
  }

  @Test
  void aProgramThatIsNotThereIsNotStarted(@TempDir Path dir) {
    assertThatThrownBy(() ->
            ChildProcess.startDetached(
                Command.of(List.of("no-such-program", "x")), dir.resolve("log")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Tried to start 'no-such-program x'");
  }

  @Test
  void aProgramIsNeverTakenForAnOption(@TempDir Path dir) throws Exception {
    Path program =
        Files.createFile(
            dir.resolve("-w"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(program, "#!/bin/sh\necho \"$@\"\n");
    Command command = new Command(List.of("-w", "id"), Map.of("PATH", "/bin:/usr/bin:" + dir));
    assertThat(output(command)).isEqualTo("id\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void needsAProgram(String program) {
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(List.of(program)));
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(List.of()));
  }

  @Test
  void showsWhatOneWouldType() {
    assertThat(Command.of(List.of("zfs", "send", "a@b"))).hasToString("zfs send a@b");
  }
}
