package io.longhaul.protocol.spool;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PumpsTest {
  @TempDir private Path folder = Path.of("");
  private final Pumps pumps = new Pumps("no-launcher", Pump.class);

  /** A pump that tells who it is, and ends its session when it is let. */
  static final class Pump {
    private Pump() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
      PumpLoop.run(Pump::pump);
    }

    private static boolean pump(Path directory) throws IOException, InterruptedException {
      Files.writeString(directory.resolve("pid"), Long.toString(ProcessHandle.current().pid()));
      System.out.println("out in " + directory.getFileName());
      System.err.println("err in " + directory.getFileName());
      while (!Files.exists(directory.resolve("go"))) {
        Thread.sleep(10);
      }
      if (Files.exists(directory.resolve("fail"))) {
        throw new IOException("asked for");
      }
      return !Files.exists(directory.resolve("refuse"));
    }
  }

  private SessionSpool session() throws IOException {
    SessionId id = SessionId.create(InstantSource.system());
    return new SessionSpool(id, Files.createDirectory(folder.resolve(id.text())));
  }

  private static void let(SessionSpool session) throws IOException {
    Files.createFile(session.directory().resolve("go"));
  }

  private static long pid(SessionSpool session) throws Exception {
    Path file = session.directory().resolve("pid");
    eventually("the pump is at work", () -> Files.exists(file) && Files.size(file) > 0);
    return Long.parseLong(Files.readString(file));
  }

  private Process pumped(SessionSpool session) throws Exception {
    let(session);
    Process run = pumps.start(session);
    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return run;
  }

  private static ProcessHandle handle(Process run) {
    return ProcessHandle.of(run.pid()).orElseThrow();
  }

  @Test
  void oneProcessPumpsOneSessionAfterTheOtherEachWithItsLog() throws Exception {
    SessionSpool first = session();
    SessionSpool second = session();
    Process run = pumped(first);
    assertThat(run.isAlive()).isFalse();
    assertThat(run.exitValue()).isZero();
    assertThat(pumped(second).pid()).isEqualTo(run.pid());
    assertThat(pid(second)).isEqualTo(pid(first)).isEqualTo(run.pid());
    for (SessionSpool session : new SessionSpool[] {first, second}) {
      String name = session.id().text();
      assertThat(session.log()).hasContent("out in %1$s\nerr in %1$s\n".formatted(name));
    }
  }

  @Test
  void sessionsAtTheSameTimeHaveProcessesOfTheirOwn() throws Exception {
    SessionSpool first = session();
    SessionSpool second = session();
    Process one = pumps.start(first);
    Process two = pumps.start(second);
    assertThat(pid(first)).isEqualTo(one.pid()).isNotEqualTo(pid(second));
    let(first);
    assertThat(one.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(two.isAlive()).isTrue();
    let(second);
    assertThat(two.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneThatWasKilledOrHasFailedTakesNoOther() throws Exception {
    SessionSpool first = session();
    Process killed = pumped(first);
    ProcessHandle process = handle(killed);
    assertThat(process.destroyForcibly()).isTrue();
    process.onExit().join();
    SessionSpool second = session();
    Files.createFile(second.directory().resolve("fail"));
    Process failed = pumped(second);
    assertThat(failed.pid()).isNotEqualTo(killed.pid());
    assertThat(failed.exitValue()).isEqualTo(1);
    assertThat(second.log()).content().contains("asked for");
    assertThat(pumped(session()).pid()).isNotEqualTo(failed.pid());
  }

  @Test
  void itOutlivesItsAgentByOneSession() throws Exception {
    SessionSpool session = session();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Pump.class.getName())
            .redirectError(session.log().toFile())
            .start();
    try (var directories = process.outputWriter()) {
      directories.write(session.directory() + "\n");
    }
    process.getInputStream().close();
    assertThat(pid(session)).isEqualTo(process.pid());
    assertThat(process.isAlive()).isTrue();
    let(session);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void oneThatIsNotNeededAnyMoreEnds() throws Exception {
    ProcessHandle process = handle(pumped(session()));
    assertThat(process.isAlive()).isTrue();
    eventually("the idle pump has ended", () -> !process.isAlive());
  }

  @Test
  void oneThatIsNotFitForAnotherEnds() throws Exception {
    SessionSpool first = session();
    Files.createFile(first.directory().resolve("refuse"));
    Process run = pumped(first);
    assertThat(run.exitValue()).isZero();
    assertThat(pumped(session()).pid()).isNotEqualTo(run.pid());
  }
}
