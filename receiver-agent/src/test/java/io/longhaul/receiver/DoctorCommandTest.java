package io.longhaul.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code receiver-agent doctor} as it is called. */
class DoctorCommandTest {
  private static final String CONFIGURATION =
      """
      name: here
      listen: {port: 0}
      spool: {directory: %s}
      zfs: {command: [/nowhere/zfs]}
      streams:
        home: {command: [%s]}
      """;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();

  @BeforeEach
  void makeSpool() throws Exception {
    Files.createDirectory(
        folder.resolve("spool"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private int doctor(String configuration, String... words) throws Exception {
    Path file = Files.writeString(folder.resolve("agent.yaml"), configuration);
    CommandLine agent = ReceiverMain.commandLine();
    agent.setOut(new PrintWriter(out));
    String[] all = new String[words.length + 3];
    all[0] = "doctor";
    all[1] = "--config";
    all[2] = file.toString();
    System.arraycopy(words, 0, all, 3, words.length);
    return agent.execute(all);
  }

  private String good() {
    return CONFIGURATION.formatted(folder.resolve("spool"), "cat");
  }

  @Test
  void aGoodSetUpIsOneOkLineForEachCheck() throws Exception {
    assertThat(doctor(good())).isZero();
    assertThat(out.toString().lines())
        .allMatch(line -> line.matches("(ok  |warn)  [a-z ]+: .+"))
        .anyMatch(line -> line.startsWith("ok    spool: " + folder.resolve("spool")))
        .anyMatch(line -> line.startsWith("ok    stream home: "))
        .anyMatch(line -> line.startsWith("warn  zfs: "));
  }

  @Test
  void aProgramThatIsMissingFails() throws Exception {
    assertThat(doctor(CONFIGURATION.formatted(folder.resolve("spool"), "no-such-program"))).isOne();
    assertThat(out.toString())
        .contains("fail  stream home: there is no executable 'no-such-program' here; install it");
  }

  @Test
  void aConfigurationThatCannotBeReadIsAFinding() throws Exception {
    assertThat(doctor(good() + "colour: red\n", "--json")).isOne();
    JsonNode report = Json.STRICT.readTree(out.toString());
    assertThat(report.get("ok").booleanValue()).isFalse();
    assertThat(report.get("checks").get(0).get("check").textValue()).isEqualTo("configuration");
    assertThat(report.get("checks").get(0).get("text").textValue()).contains("colour");
  }

  @Test
  void datasetsAreThoseThatAreGrantedAndThoseThatAreNamed() throws Exception {
    String zfs = zfs();
    String granted =
        good().replace("/nowhere/zfs", zfs)
            + """
            grants:
              - identity: local
                roots: [tank/vm]
            """;
    doctor(granted, "tank/more");
    assertThat(out.toString().lines().filter(line -> line.contains("  zfs allow ")))
        .extracting(line -> line.substring(6, line.indexOf(": ")))
        .containsExactly("zfs allow tank/more", "zfs allow tank/vm");
    assertThat(out.toString()).containsPattern("zfs allow [^ ]+ create,mount,receive tank/vm");
  }

  /** Returns a command for which every dataset is there, and nobody may do anything. */
  private String zfs() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("zfs"),
            """
            #!/bin/sh
            case "$1" in
              version) echo zfs-2.1.11-1 ;;
              send) echo 'usage: send [-R] [-[i|I] snapshot]' >&2; exit 2 ;;
              receive) echo 'usage: receive [-Fu] filesystem' >&2; exit 2 ;;
              bookmark) echo 'usage: bookmark' >&2; exit 2 ;;
              list) echo "$5" ;;
              get) echo off ;;
              allow) exit 0 ;;
            esac
            """);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script.toString();
  }

  @Test
  void everyPeerIsAsked() throws Exception {
    try (FakeSender office = new FakeSender(1, 1)) {
      String configuration =
          good()
              + """
              peers:
                office: {url: "%s"}
                gone: {url: "http://127.0.0.1:1"}
              """
                  .formatted(office.url());
      assertThat(doctor(configuration)).isOne();
    }
    assertThat(out.toString().lines())
        .anyMatch(line -> line.startsWith("ok    peer office: "))
        .anyMatch(line -> line.startsWith("ok    clock of office: "))
        .anyMatch(
            line -> line.startsWith("fail  peer gone: Tried to reach http://127.0.0.1:1/ but "));
  }
}
