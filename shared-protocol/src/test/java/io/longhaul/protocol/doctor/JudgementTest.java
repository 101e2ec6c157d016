package io.longhaul.protocol.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.zfs.DatasetName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of facts, without looking for any. */
class JudgementTest {
  private static final Login USER = new Login("longhaul", Set.of("longhaul"));
  private static final Login ROOT = new Login("root", Set.of("root"));
  private static final long GIB = 1L << 30;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // owner, mode, file system, usable, writable | user | verdict, part of text and remedy
        "longhaul | 0700 | ext4  | 9000000000 | true  | longhaul | OK   | mode 700",
        "longhaul | 0700 | ext4  | 9000000000 | true  | root     | OK   | mode 700",
        "longhaul | 0755 | ext4  | 9000000000 | true  | longhaul | WARN | chmod 700 /spool",
        "longhaul | 0770 | ext4  | 9000000000 | true  | longhaul | FAIL | chmod 700 /spool",
        "longhaul | 0702 | ext4  | 9000000000 | true  | longhaul | FAIL | written to by others",
        "root     | 1777 | ext4  | 9000000000 | true  | longhaul | WARN | install -d -m 700 -o longhaul",
        "root     | 1777 | ext4  | 9000000000 | true  | root     | WARN | install -d -m 700 -o longhaul",
        "other    | 0700 | ext4  | 9000000000 | false | longhaul | FAIL | chown longhaul /spool",
        "other    | 0700 | ext4  | 9000000000 | true  | longhaul | WARN | belongs to other",
        "longhaul | 0700 | tmpfs | 9000000000 | true  | longhaul | WARN | set spool.directory",
        "longhaul | 0700 | ext4  | 1000000000 | true  | longhaul | WARN | spool.limit",
        "longhaul | 0700 | ext4  | 1000000    | true  | longhaul | FAIL | every session waits",
        "-        | 0    | -     | 0          | false | longhaul | FAIL | install -d -m 700 -o longhaul /spool",
        "-        | 0    | -     | 0          | false | root     | FAIL | install -d -m 700 -o longhaul /spool",
      })
  void spool(
      String owner,
      String mode,
      String fileSystem,
      long usable,
      boolean writable,
      String user,
      Verdict verdict,
      String part) {
    Optional<SpoolCheck.State> state =
        Optional.ofNullable(owner)
            .map(name ->
                new SpoolCheck.State(
                    name, Integer.parseInt(mode, 8), fileSystem, usable, writable));
    Finding finding =
        new SpoolCheck(Path.of("/spool"), state, GIB).judge(user.equals("root") ? ROOT : USER);
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.toString()).contains(part);
  }

  @ParameterizedTest
  @CsvSource({
    "1048576,   OK",
    "8192,      OK",
    "8191,      WARN",
    "1024,      WARN",
    "1023,      FAIL",
    "unlimited, OK",
  })
  void openFiles(String hard, Verdict verdict) {
    List<String> limits =
        List.of(
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             95000                95000                processes ",
            "Max open files            1024                 %-20s files     ".formatted(hard));
    assertThat(DescriptorCheck.of(limits).judge().verdict()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "0,      OK,   to 0 s",
    "29.2,   OK,   to 30 s",
    "-30,    OK,   to 30 s",
    "31,     WARN, 31 s ahead of ours",
    "-3600,  WARN, 3600 s behind ours",
    "3601,   FAIL, not yet valid",
    "-86400, FAIL, 86400 s behind",
  })
  void clocks(double seconds, Verdict verdict, String part) {
    Finding finding = new ClockCheck("office", Duration.ofMillis((long) (seconds * 1000))).judge();
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.check()).isEqualTo("clock of office");
    assertThat(finding.text()).contains(part);
  }

  @Test
  void aDateIsTakenForTheMiddleOfItsSecondAndOfTheCall() {
    Instant asked = Instant.parse("2026-11-22T10:00:00.200Z");
    ClockCheck check =
        ClockCheck.of(
            "office",
            Instant.parse("2026-11-22T10:00:01Z"),
            asked,
            asked.plus(Duration.ofMillis(600)));
    assertThat(check.ahead()).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-,                             false, OK",
        "-,                             true,  OK",
        "Address already in use,        true,  OK",
        "Address already in use,        false, FAIL",
        "Permission denied,             true,  FAIL",
        "Cannot assign requested address, true, FAIL",
      })
  void ports(String refusal, boolean running, Verdict verdict) {
    PortCheck check =
        new PortCheck(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 7401),
            Optional.ofNullable(refusal),
            running);
    Finding finding = check.judge(Role.SEND);
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.text()).contains(":7401 ");
  }

  @Test
  void rootIsWarnedOfAndRightsAreForTheServicesUser() {
    assertThat(USER.judge().verdict()).isEqualTo(Verdict.OK);
    assertThat(ROOT.judge().verdict()).isEqualTo(Verdict.WARN);
    assertThat(Rights.SEND.line(ROOT, "tank/vm"))
        .isEqualTo("zfs allow longhaul hold,release,send tank/vm");
    assertThat(Rights.RECEIVE.line(new Login("me", Set.of()), "tank/two words"))
        .isEqualTo("zfs allow me create,mount,receive 'tank/two words'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "off | off | off | none    | OK   | not mounted",
        "on  | off | off | none    | WARN | zfs set setuid=off backup",
        "off | on  | on  | none    | WARN | zfs set devices=off exec=off backup",
        "off | off | off | /backup | WARN | so the next boot mounts it; run: zfs set mountpoint=none backup",
        "-   | -   | -   | -       | OK   | not mounted",
      })
  void propertiesThatAreHandedDown(
      String setuid, String devices, String exec, String mountpoint, Verdict verdict, String part) {
    Map<String, String> values = new TreeMap<>();
    Optional.ofNullable(setuid).ifPresent(value -> values.put("setuid", value));
    Optional.ofNullable(devices).ifPresent(value -> values.put("devices", value));
    Optional.ofNullable(exec).ifPresent(value -> values.put("exec", value));
    Optional.ofNullable(mountpoint).ifPresent(value -> values.put("mountpoint", value));
    Finding finding = ZfsCheck.properties(DatasetName.parse("backup"), values);
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.toString()).contains(part);
  }
}
