package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.server.Listen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps an agent from starting, and a session from being created. */
@Timeout(400)
class StartTest {
  private static final URI NOBODY = URI.create("http://127.0.0.1:9");

  @TempDir private Path folder;
  private final SessionId id = newId();
  private ReceiverUnderTest receiver;

  @BeforeEach
  void makeReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", NOBODY).sink("null", "cat");
  }

  @AfterEach
  void stopReceiver() throws Exception {
    receiver.close();
  }

  /** Returns the exit status and what stands on stderr. */
  private static String run(Path config) {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      int status = ReceiverMain.commandLine().execute("--config", config.toString());
      return status + " " + said.toString(StandardCharsets.UTF_8).strip();
    } finally {
      System.setErr(before);
    }
  }

  private Path yaml(String text) throws Exception {
    return Files.writeString(folder.resolve("receiver.yaml"), text);
  }

  @Test
  void aPortInUseIsOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path config =
          yaml(
              """
              name: vault
              listen: {port: %d}
              spool: {directory: %s}
              """
                  .formatted(taken.getLocalPort(), receiver.spoolRoot()));

      String ended = run(config);

      assertThat(ended).startsWith("1 receiver-agent: Tried to listen on ").hasLineCount(1);
      assertThat(run(config)).as("the spool is free again").isEqualTo(ended);
    }
  }

  @Test
  void aSpoolDirectoryThatIsNotThereIsOneClearLine() throws Exception {
    Path config = yaml("name: vault\nlisten: {port: 0}\nspool: {directory: /nowhere/longhaul}\n");

    assertThat(run(config))
        .startsWith("1 receiver-agent: Tried to use the spool directory /nowhere/longhaul")
        .hasLineCount(1);
  }

  @Test
  void twoAgentsOnOneSpoolRoot() throws Exception {
    receiver.start();

    assertThatThrownBy(() -> ReceiverAgent.start(receiver.config()))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining("another receiver-agent works in it");
  }

  @Test
  void badConfigurationNamesFileLineAndKey() throws Exception {
    Path config = yaml("name: vault\nlisten: {port: 0}\nspol: {}\n");

    assertThat(run(config)).startsWith("2 ").contains("receiver.yaml:3: spol: unknown key");
  }

  @Test
  void everyFaultOfTheConfigurationIsTold() throws Exception {
    Path config =
        yaml(
            """
            name: vault
            listen: {port: 0}
            spool: {limit: 5000}
            zfs: {command: ['']}
            streams: {home: {command: []}}
            """);

    assertThat(run(config))
        .startsWith("2 ")
        .contains("spool.limit: ", "zfs.command: ", "streams.home.command: ");
  }

  @Test
  void aPublicAddressNeedsTokensAndAWord() {
    Listen open =
        new Listen(
            Optional.of("0.0.0.0"),
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThat(open.problems()).hasSize(2);
  }

  @Test
  void requestsThatCannotWorkHereAreRefused() throws Exception {
    receiver.start();

    assertThatThrownBy(() -> receiver.put(id, into("missing")))
        .hasMessageContaining("no stream 'missing'")
        .hasMessageContaining("null");
    receiver.stop();
    receiver.withoutPeers().peer("attic", NOBODY).start();
    assertThatThrownBy(() -> receiver.put(id, into("null")))
        .hasMessageContaining("no peer 'office'")
        .hasMessageContaining("attic");
    assertThat(receiver.spool(id).directory()).doesNotExist();
  }

  @Test
  void aDirectoryWithoutARequestIsLeftOverAndGoes() throws Exception {
    aDirectoryOfOurs();

    receiver.start();

    assertThat(receiver.spool(id).directory()).doesNotExist();
  }

  @Test
  void aDirectoryThatIsNotUnderstoodIsKeptAndItsIdRefused() throws Exception {
    aDirectoryOfOurs();
    Files.writeString(receiver.spool(id).request(), "{\"format\": 99}");

    receiver.start();

    assertThat(receiver.spool(id).request()).exists();
    assertThatThrownBy(() -> receiver.put(id, into("null"))).hasMessageContaining("409");
  }

  private void aDirectoryOfOurs() throws Exception {
    Files.createDirectory(
        receiver.spool(id).directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
