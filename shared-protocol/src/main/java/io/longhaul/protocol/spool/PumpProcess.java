package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.ChildProcess;
import io.longhaul.protocol.pipe.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts pumps, as processes of their own that outlive the agent that starts them. */
public final class PumpProcess implements PumpStarter {
  /** The system property that the image's launchers set to the image's directory. */
  public static final String HOME_PROPERTY = "longhaul.home";

  private final String launcher;
  private final Class<?> main;

  /**
   * Describes a pump.
   *
   * @param launcher the name of its launcher in the image's {@code lib}
   * @param main its main class, run with our own Java and class path where there is no image
   */
  public PumpProcess(String launcher, Class<?> main) {
    this.launcher = launcher;
    this.main = main;
  }

  @Override
  public Process start(SessionSpool spool) throws IOException {
    List<String> words = new ArrayList<>();
    String home = System.getProperty(HOME_PROPERTY);
    if (home != null) {
      words.add(Path.of(home, "lib", launcher).toString());
    } else {
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(List.of("-XX:+UseSerialGC", "-Xmx96m"));
      words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
      words.add(System.getProperty("java.class.path"));
      words.add(main.getName());
    }
    words.add(spool.directory().toString());
    return ChildProcess.startDetached(
        new Command(words, Map.of("MALLOC_ARENA_MAX", "2")), spool.log());
  }
}
