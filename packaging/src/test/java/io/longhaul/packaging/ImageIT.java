package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Image;
import io.longhaul.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image is all that a machine needs, wherever it lies, and starts from its own cache. */
class ImageIT {
  private static final Duration FRACTION = Duration.ofSeconds(1);
  private static final int TRIES = 5;

  @TempDir private Path directory = Path.of("");

  private final Image image = Image.find();

  @ParameterizedTest
  @ValueSource(strings = {"coordinator", "sender-agent", "receiver-agent"})
  void answersWithoutAnyJava(String program) throws Exception {
    Path tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool : List.of("sh", "readlink")) {
      Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
    }
    CommandResult result =
        CommandResult.of(
            List.of("/usr/bin/env", "-i", "PATH=" + tools, image.program(program), "--version"));
    assertThat(result.exit()).as(result.toString()).isZero();
    assertThat(result.out()).contains("0.1.0");
    assertThat(result.err()).isEmpty();
  }

  /** Under {@code AOTMode=on} the JVM refuses to run without a cache that fits. */
  @ParameterizedTest
  @ValueSource(strings = {"coordinator", "sender-agent", "receiver-agent"})
  void usesItsCacheWhereverItLies(String program) throws Exception {
    Path moved = directory.resolve("moved");
    CommandResult.output(List.of("cp", "-a", image.home().toString(), moved.toString()));
    CommandResult result =
        CommandResult.of(
            List.of(
                "env",
                "JDK_JAVA_OPTIONS=-XX:AOTMode=on",
                new Image(moved).program(program),
                "--version"));
    assertThat(result.exit()).as(result.toString()).isZero();
    assertThat(result.out()).contains("0.1.0");
  }

  @Test
  void versionComesInAFractionOfASecond() throws Exception {
    Duration best = FRACTION;
    for (int i = 0; i < TRIES; i++) {
      long start = System.nanoTime();
      CommandResult.output(List.of(image.program("coordinator"), "--version"));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      best = took.compareTo(best) < 0 ? took : best;
    }
    assertThat(best).isLessThan(FRACTION);
  }

  @Test
  void holdsItsVersionAndTheServiceUnits() throws Exception {
    assertThat(Files.readString(image.home().resolve("VERSION"))).isEqualTo("0.1.0\n");
    assertThat(image.home().resolve("lib/systemd"))
        .isDirectoryContaining("glob:**/sender-agent.service")
        .isDirectoryContaining("glob:**/receiver-agent.service")
        .isDirectoryContaining("glob:**/coordinator.service");
    assertThat(image.home().resolve("lib/sysusers.d/longhaul.conf")).isRegularFile();
  }

  @Test
  void listsEveryJarAndNoOther() throws Exception {
    Path bom = image.home().resolve("sbom.cdx.json");
    List<String> listed = new ArrayList<>();
    for (JsonNode component : Json.TOLERANT.readTree(bom.toFile()).get("components")) {
      listed.add(
          component.get("name").textValue() + "-" + component.get("version").textValue() + ".jar");
      assertThat(component.get("hashes")).as(component.toString()).isNotEmpty();
    }
    try (Stream<Path> files = Files.list(image.home().resolve("lib"))) {
      assertThat(listed)
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> String.valueOf(file.getFileName()))
                  .filter(name -> name.endsWith(".jar"))
                  .toList());
    }
    assertThat(bom).as("the same from the same sources").content().doesNotContain("serialNumber");
  }

  @ParameterizedTest
  @ValueSource(strings = {"coordinator-start", "sender-agent-doctor", "receiver-agent-doctor"})
  void hasAManualPageOfEachCommand(String page) {
    assertThat(image.home().resolve("share/man/man1/" + page + ".1")).isRegularFile();
  }

  @Test
  void onlyTheCoordinatorHasWhatSignsCertificates() throws Exception {
    assertThat(classPath("coordinator")).contains("bcpkix-");
    for (String agent : List.of("sender-agent", "receiver-agent", "shared-protocol")) {
      assertThat(classPath(agent)).doesNotContain("bcpkix-", "bcprov-");
    }
  }

  private String classPath(String program) throws Exception {
    try (var jar = new JarFile(image.home().resolve("lib/" + program + "-0.1.0.jar").toFile())) {
      return jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
    }
  }

  @Test
  void helpTeachesByExample() throws Exception {
    String help = CommandResult.output(List.of(image.program("coordinator"), "start", "--help"));
    assertThat(help).contains("coordinator start", "vault:");
  }
}
