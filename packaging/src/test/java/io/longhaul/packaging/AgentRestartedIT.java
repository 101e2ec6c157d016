package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Agent;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.Started;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The services are stopped and started under a running transfer, as systemd does it with {@code
 * KillMode=process}: SIGTERM to the agent alone. Pumps, source and sink stay the same processes.
 */
class AgentRestartedIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(60 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(3);

  /*
   * Not of our session, as a service is not; so a hang-up reaches the agents and not the test. A build
   * in the background may ignore SIGHUP, and its children would too.
   */
  private static final Place OWN_SESSION =
      new Place(List.of("env", "--default-signal=HUP", "setsid"), Place.HERE.host());

  @Test
  void stoppedAndStartedOneAfterTheOther() throws Exception {
    transferWhile(site -> {
      for (Agent agent : List.of(site.sender(), site.receiver())) {
        stop(agent);
        agent.start();
      }
    });
  }

  @Test
  void bothStoppedBeforeEitherIsStarted() throws Exception {
    transferWhile(site -> {
      stop(site.receiver());
      stop(site.sender());
      site.receiver().start();
      site.sender().start();
    });
  }

  /** What the kernel does to a terminal's session when the terminal goes. */
  @Test
  void startedFromATerminalThatHangsUp() throws Exception {
    transferWhile(site -> {
      for (Agent agent : List.of(site.sender(), site.receiver())) {
        hangUp(agent);
        agent.start();
      }
    });
  }

  private static void stop(Agent agent) throws Exception {
    agent.close();
    assertThat(agent.exitStatus()).as("a stop is no failure: " + agent.log()).isZero();
  }

  private static void hangUp(Agent agent) throws Exception {
    agent.hangUp();
    assertThat(agent.exitStatus()).isZero();
  }

  @FunctionalInterface
  private interface Interruption {
    void of(Site site) throws Exception;
  }

  private static void transferWhile(Interruption interruption) throws Exception {
    Tools.need("openssl", "curl", "setsid");
    try (var site =
            new Site(Path.of(System.getProperty("java.io.tmpdir")), OWN_SESSION, OWN_SESSION);
        var _ = site.link(8 * MEBIBYTE)) {
      /* It ends when it is told to, so that it surely outlives the interruption. */
      site.office().stream("data", STREAM.sourceThen(site.waitForGo()));
      site.office().set("16MiB", "spool", "limit");
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      site.awaitFed(id, 10 * MEBIBYTE, SOON);
      Started send = site.started(id, Role.SEND);
      Started receive = site.started(id, Role.RECEIVE);

      interruption.of(site);

      assertThat(site.receive(id).state().ended()).isFalse();
      assertThat(site.started(id, Role.SEND)).isEqualTo(send);
      assertThat(site.started(id, Role.RECEIVE)).isEqualTo(receive);
      assertThat(send.pump().isAlive()).as("the send pump").isTrue();
      assertThat(send.child().orElseThrow().isAlive()).as("the source").isTrue();
      assertThat(receive.pump().isAlive()).as("the receive pump").isTrue();
      assertThat(receive.child().orElseThrow().isAlive()).as("the sink").isTrue();

      site.go();
      site.awaitDone(id, SOON);
      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    }
  }
}
