package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What cannot be done is refused before anything starts: a clear sentence, and no trace on disk.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final Pattern SESSION = Pattern.compile("longhaul-(send|receive)-[0-9a-z]{26}$");

  private final Site site;
  private String awayUrl = "";

  BadRequestIT() throws Exception {
    site = new Site();
  }

  @BeforeAll
  void startAgents() throws Exception {
    Tools.need("openssl", "curl");
    awayUrl = "http://127.0.0.1:" + Site.freePort();
    site.agents().set(awayUrl, "agents", "away", "sender", "url");
    site.office().stream("data", new Keystream(1000).source());
    site.office().stream("absent", List.of("no-such-command-anywhere", "--now"));
    site.office().set("64MiB", "spool", "limit");
    site.vault().stream("sum", Keystream.sink(site.file("sum")));
    site.vault().stream("absent", List.of("/no/such/command"));
    site.start();
  }

  @AfterEach
  void nothingIsLeft() {
    for (String spool : List.of("office-spool", "vault-spool")) {
      Eventually.holds("an empty " + spool, SOON, () -> sessions(spool).isEmpty());
    }
    assertThat(site.file("sum")).doesNotExist();
  }

  @AfterAll
  void stopAgents() throws Exception {
    site.close();
  }

  @Test
  void unknownAgent() throws Exception {
    assertThat(refusal(USAGE, "nowhere::data", "vault::sum")).contains("nowhere", "office");
  }

  @Test
  void agentWithoutThisRole() throws Exception {
    assertThat(refusal(USAGE, "vault::sum", "office::data")).contains("vault", "sender");
  }

  @Test
  void unreachableAgent() throws Exception {
    assertThat(refusal(FAILED, "away::data", "vault::sum")).contains("away", awayUrl);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "office",
        "office:",
        "office::",
        ":tank/vm@now",
        "office:tank//vm@now",
        "office:tank/vm@a@b",
        "office::no/such*name"
      })
  void malformedEndpoint(String endpoint) throws Exception {
    assertThat(refusal(USAGE, endpoint, "vault::sum")).contains("AGENT:DATASET", "AGENT::NAME");
  }

  @Test
  void unknownOption() throws Exception {
    assertThat(refusal(USAGE, "office::data", "vault::sum", "--chunksize", "1MiB"))
        .contains("--chunksize");
  }

  @Test
  void unknownSource() throws Exception {
    assertThat(refusal(FAILED, "office::dta", "vault::sum")).contains("dta", "office");
  }

  @Test
  void unknownSink() throws Exception {
    assertThat(refusal(FAILED, "office::data", "vault::smu")).contains("smu", "vault");
  }

  @Test
  void sourceCommandThatIsNotThere() throws Exception {
    assertThat(refusal(FAILED, "office::absent", "vault::sum"))
        .contains("no-such-command-anywhere", "office");
  }

  @Test
  void sinkCommandThatIsNotThere() throws Exception {
    assertThat(refusal(FAILED, "office::data", "vault::absent"))
        .contains("'command' is not installed", "vault")
        .doesNotContain("/no/such");
  }

  @Test
  void spoolLimitUnderTwoChunks() throws Exception {
    assertThat(refusal(FAILED, "office::data", "vault::sum", "--chunk-size", "40MiB"))
        .contains("must hold two", "64MiB", "40MiB");
  }

  private String refusal(int exit, String... arguments) throws Exception {
    CommandResult result =
        site.coordinator(
            Stream.concat(Stream.of("start"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(result.exit()).as(result.toString()).isEqualTo(exit);
    assertThat(result.err()).doesNotContain("\tat ");
    return result.err();
  }

  private List<Path> sessions(String spool) throws Exception {
    try (Stream<Path> files = Files.list(site.file(spool))) {
      return files.filter(file -> SESSION.matcher(file.toString()).find()).toList();
    }
  }
}
