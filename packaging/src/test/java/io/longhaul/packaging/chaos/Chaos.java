package io.longhaul.packaging.chaos;

import io.longhaul.packaging.site.Keystream;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code packaging/chaos}. */
@Command(
    name = "chaos",
    description = {
      "Breaks one transfer of the assembled product as often as told, over a link of its own on",
      "loopback, and tells what that cost. Exit status: 0 if every byte arrived and both pipes",
      "lived through it all, 1 if not."
    },
    mixinStandardHelpOptions = true)
final class Chaos implements Callable<Integer> {
  private static final long MEBIBYTE = 1 << 20;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "the same seed brings the same faults in the same order: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "200",
      description = "how many, spread over the whole stream: ${DEFAULT-VALUE}")
  private int faults;

  @Option(
      names = "--mebibytes",
      paramLabel = "N",
      defaultValue = "2048",
      description = "length of the stream: ${DEFAULT-VALUE}")
  private int mebibytes;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "8",
      description = "what the link carries, in MiB a second: ${DEFAULT-VALUE}")
  private int rate;

  /** Runs the program. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Chaos()).setUsageHelpAutoWidth(true).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Toll toll =
        new ChaosRun(seed, faults, new Keystream(mebibytes * MEBIBYTE), rate * MEBIBYTE).run();
    toll.print(System.out);
    return toll.wrong().isEmpty() ? 0 : 1;
  }
}
