package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SpoolProcesses;
import io.longhaul.packaging.site.Tools;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A stream that goes wrong is never told to the sink as one that ended well. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadStreamIT {
  private static final long BYTES = 5_000_000;
  private static final String HALF = "head -c 3000000 /dev/zero; ";

  private final Site site;

  BadStreamIT() throws Exception {
    site = new Site();
  }

  @BeforeAll
  void startAgents() throws Exception {
    Tools.need("openssl", "curl");
    site.office().stream("data", new Keystream(BYTES).source());
    source("exits-3", HALF + "echo the disk is broken >&2; exit 3");
    source("killed", HALF + "kill -KILL $$");
    source("exits-1", HALF + "exit 1");
    site.office().set(List.of(0, 1), "streams", "exits-1", "success-codes");
    sink("committed", "cat > /dev/null && touch " + site.file("committed"));
    sink("takes-a-little", "head -c 1000 > /dev/null; exit 0");
    sink("exits-7", "cat > /dev/null; echo no room here >&2; exit 7");
    site.start();
  }

  private void source(String name, String script) {
    site.office().stream(name, List.of("sh", "-c", script));
  }

  private void sink(String name, String script) {
    site.vault().stream(name, List.of("sh", "-c", script));
  }

  @BeforeEach
  void nothingCommitted() throws Exception {
    Files.deleteIfExists(site.file("committed"));
  }

  @AfterEach
  void noProcessIsLeft() throws Exception {
    assertThat(new SpoolProcesses(site.file("")).alive()).isEmpty();
  }

  @AfterAll
  void stopAgents() throws Exception {
    site.close();
  }

  @Test
  void sourceThatFails() throws Exception {
    assertThat(failure("exits-3", "committed")).contains("status 3", "the disk is broken");
    assertThat(site.file("committed")).doesNotExist();
  }

  @Test
  void streamThatEndsEarly() throws Exception {
    assertThat(failure("killed", "committed")).contains("signal 9");
    assertThat(site.file("committed")).doesNotExist();
  }

  @Test
  void statusThatIsConfiguredAsSuccess() throws Exception {
    CommandResult result = start("exits-1", "committed");
    assertThat(result.exit()).as(result.toString()).isZero();
    assertThat(site.file("committed")).exists();
  }

  @Test
  void sinkThatExitsEarlyWithSuccess() throws Exception {
    assertThat(failure("data", "takes-a-little")).contains("before");
  }

  @Test
  void sinkThatFails() throws Exception {
    assertThat(failure("data", "exits-7")).contains("status 7", "no room here");
  }

  private String failure(String source, String sink) throws Exception {
    CommandResult result = start(source, sink);
    assertThat(result.exit()).as(result.toString()).isEqualTo(1);
    return result.out() + result.err();
  }

  private CommandResult start(String source, String sink) throws Exception {
    return site.coordinator("start", "office::" + source, "vault::" + sink, "--chunk-size", "1MiB");
  }
}
