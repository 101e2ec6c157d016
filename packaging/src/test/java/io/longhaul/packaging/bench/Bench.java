package io.longhaul.packaging.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line of the benchmarks: {@code packaging/bench
 * memory|speed|link|small|load|steps|plan}.
 */
@Command(
    name = "bench",
    description = "Measures the assembled product and prints tables; asserts nothing.",
    mixinStandardHelpOptions = true,
    subcommands = {
      MemoryBench.class,
      SpeedBench.class,
      LinkBench.class,
      SmallBench.class,
      LoadBench.class,
      StepsBench.class,
      PlanBench.class
    })
final class Bench {
  private Bench() {}

  /** Runs one benchmark. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench())
            .registerConverter(
                io.longhaul.protocol.config.DataSize.class,
                io.longhaul.protocol.config.DataSize::parse)
            .setUsageHelpAutoWidth(true)
            .execute(arguments));
  }
}
