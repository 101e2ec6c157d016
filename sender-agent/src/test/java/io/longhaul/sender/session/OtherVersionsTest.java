package io.longhaul.sender.session;

import static io.longhaul.sender.SenderUnderTest.problem;
import static io.longhaul.sender.SenderUnderTest.read;
import static io.longhaul.sender.SenderUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.sender.SenderUnderTest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Session directories as other versions of Longhaul have left them, in {@code test/resources}. */
class OtherVersionsTest {
  private static final SessionId KNOWN = new SessionId("01m7y0jxnnme2a0nsec6ga4ks0");
  private static final SessionId NEWER = new SessionId("01m7y0jxnpme2a0nsec6ga4ks0");

  @TempDir private Path directory = Path.of("");

  private SenderUnderTest sender;

  @BeforeEach
  void startAgent() throws Exception {
    sender = new SenderUnderTest(directory, Map.of("word", "echo word"));
    copy("extra-members", sender.spool(KNOWN));
    copy("newer-format", sender.spool(NEWER));
    sender.restart();
  }

  @AfterEach
  void stopAgent() {
    sender.close();
  }

  private static void copy(String recorded, SessionSpool to) throws Exception {
    Files.createDirectory(
        to.directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path from = Path.of("src/test/resources/spool", recorded);
    for (Path file : files(from)) {
      Files.copy(file, to.directory().resolve(file.getFileName()));
    }
  }

  private static List<Path> files(Path of) throws Exception {
    try (Stream<Path> files = Files.list(of)) {
      return files.sorted().toList();
    }
  }

  @Test
  void membersThatAreNotKnownArePassedOver() throws Exception {
    SendStatus status = sender.status(KNOWN);
    assertThat(status.state()).isEqualTo(SessionState.DRAINING);
    assertThat(status.sealedTo()).isEqualTo(2);

    ManifestPage page = sender.manifest(KNOWN, 0);

    assertThat(page.chunks()).hasSize(2);
    assertThat(page.end().orElseThrow().bytes()).isEqualTo(page.chunks().getLast().end());
    assertThat(text(sender.get(ApiPaths.chunk(KNOWN, 1), ""))).startsWith("second chunk\n");
    assertThat(sender.post(KNOWN, "complete", Map.of()).statusCode()).isEqualTo(200);
    assertThat(sender.status(KNOWN).state()).isEqualTo(SessionState.DONE);
  }

  @Test
  void aNewerFormatIsRefusedByNameAndLeftAlone() throws Exception {
    Path spooled = sender.spool(NEWER).directory();
    List<Path> before = files(spooled);

    HttpResponse<byte[]> reply = sender.get(ApiPaths.send(NEWER), "");

    assertThat(problem(reply).known())
        .as("its reader must not take it for gone")
        .hasValue(ProblemType.NOT_READY);
    assertThat(text(reply))
        .contains("spool format 2", "at most 1", spooled.getFileName() + "/request.json")
        .doesNotContain(directory.toString());
    assertThat(sender.get(ApiPaths.manifest(NEWER), "").statusCode()).isEqualTo(503);
    SweepReport swept =
        read(sender.call("POST", ApiPaths.SWEEP, SweepRequest.usual(false), ""), SweepReport.class);
    assertThat(swept.entries())
        .filteredOn(entry -> entry.id().equals(NEWER))
        .allMatch(entry -> !entry.deleted() && entry.why().contains("cannot be taken up"));
    assertThat(files(spooled)).isEqualTo(before);
    assertThat(sender.spool(NEWER).chunk(0)).hasContent("precious\n");
  }
}
