package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Image;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SiteConfig;
import io.longhaul.packaging.site.Tools;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that cannot start says in its last words what to mend, and ends with a failure. */
class BadConfigurationIT {
  @TempDir private Path directory = Path.of("");

  private final Image image = Image.find();
  private Path file = Path.of("");
  private Path spool = Path.of("");

  @BeforeEach
  void places() throws Exception {
    file = directory.resolve("agent.yaml");
    spool = Files.createDirectory(directory.resolve("spool"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void unknownKey(String agent) throws Exception {
    Files.writeString(
        file,
        """
        name: office
        listen:
          port: 7401
        spool:
          directroy: /var/spool/longhaul
          limit: 1GiB
        """);
    assertThat(refusal(agent)).contains(file + ":5").contains("directroy").contains("directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void notYaml(String agent) throws Exception {
    Files.writeString(file, "name: office\nlisten: {port: '7401\n");
    assertThat(refusal(agent)).contains(file.toString()).contains("not YAML");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void noSuchFile(String agent) throws Exception {
    assertThat(refusal(agent)).contains(file.toString()).contains("no such file");
  }

  @Test
  void coordinatorsUnknownKey() throws Exception {
    Files.writeString(file, "agents:\n  office:\n    sendr: {url: 'http://127.0.0.1:1'}\n");
    CommandResult result =
        CommandResult.of(
            List.of(image.program("coordinator"), "--config", file.toString(), "list"));
    assertThat(result.exit()).as(result.toString()).isNotZero();
    assertThat(result.err()).contains(file + ":3").contains("sendr").contains("sender");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void spoolThatCannotBeWritten(String agent) throws Exception {
    configuration(Site.freePort()).set("/proc/sys", "spool", "directory").write(file);
    assertThat(refusal(agent)).contains("/proc/sys").contains("Tried to");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void spoolThatIsMissing(String agent) throws Exception {
    Path missing = directory.resolve("missing");
    configuration(Site.freePort()).set(missing.toString(), "spool", "directory").write(file);
    assertThat(refusal(agent)).contains(missing.toString()).contains("create it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void portInUse(String agent) throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      configuration(taken.getLocalPort()).write(file);
      assertThat(refusal(agent)).contains(Integer.toString(taken.getLocalPort())).contains("use");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender-agent", "receiver-agent"})
  void openAddressWithoutTokens(String agent) throws Exception {
    configuration(Site.freePort()).set("0.0.0.0", "listen", "host").write(file);
    assertThat(refusal(agent)).contains("listen.tokens").contains("allow-plaintext");
  }

  @Test
  void twoAgentsOnOneSpool() throws Exception {
    Tools.need("curl");
    try (var site = new Site()) {
      site.start();
      Path used = site.file("office-spool");
      configuration(Site.freePort()).set(used.toString(), "spool", "directory").write(file);
      assertThat(refusal("sender-agent")).contains(used.toString()).contains("another");
      assertThat(site.sender().call("v1/agent").exit()).as("the first one serves on").isZero();
    }
  }

  private SiteConfig configuration(int port) {
    return new SiteConfig()
        .set("office", "name")
        .set(port, "listen", "port")
        .set(spool.toString(), "spool", "directory")
        .set("1GiB", "spool", "limit");
  }

  private String refusal(String agent) throws Exception {
    CommandResult result =
        CommandResult.of(List.of(image.program(agent), "--config", file.toString()));
    assertThat(result.exit()).as(result.toString()).isNotZero();
    assertThat(result.err()).doesNotContain("\tat ");
    return result.err();
  }
}
