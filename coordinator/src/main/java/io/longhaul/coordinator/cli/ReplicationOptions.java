package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobConfig;
import io.longhaul.coordinator.job.Jobs;
import io.longhaul.protocol.grant.DatasetFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a job of the configuration says, for two datasets that are named on the command line. */
final class ReplicationOptions {
  @Option(
      names = "--job",
      paramLabel = "NAME",
      description =
          "whose holds and bookmarks to use; default: a name that is made of SOURCE and TARGET")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--filter",
      paramLabel = "PATTERN=BOOL",
      description = "datasets to send, such as 'tank/vm<=true' and 'tank/vm/tmp<=false'")
  private Map<String, Boolean> filter = new LinkedHashMap<>();

  @Option(
      names = "--intermediate",
      paramLabel = "all|newest",
      description = "all snapshots that the target lacks, or the newest alone; default: all")
  private Optional<String> intermediate = Optional.empty();

  @Option(
      names = "--include-snapshots",
      paramLabel = "REGEX",
      description = "send only snapshots in whose name this is found")
  private List<String> include = new ArrayList<>();

  @Option(
      names = "--exclude-snapshots",
      paramLabel = "REGEX",
      description = "do not send snapshots in whose name this is found")
  private List<String> exclude = new ArrayList<>();

  @Option(
      names = "--raw",
      description =
          "blocks as they are on disk: what is encrypted there needs no key and stays it (zfs send -w)")
  private boolean raw;

  @Option(names = "--compressed", description = "compressed blocks as they are (zfs send -c)")
  private boolean compressed;

  @Option(names = "--large-blocks", description = "large blocks as they are (zfs send -L)")
  private boolean largeBlocks;

  @Option(names = "--embedded", description = "embedded blocks as they are (zfs send -e)")
  private boolean embedded;

  @Option(names = "--properties", description = "the datasets' properties, too (zfs send -p)")
  private boolean properties;

  @Option(
      names = "--set",
      paramLabel = "PROPERTY=VALUE",
      description =
          "a property of the targets (zfs receive -o); readonly=on, too, unless it is named here or by --inherit")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--inherit",
      paramLabel = "PROPERTY",
      description = "a property that the targets have from their parent (zfs receive -x)")
  private List<String> inherit = new ArrayList<>();

  @Option(
      names = "--guarantee-initial",
      paramLabel = "KIND",
      description =
          "what is protected around a dataset's first stream: resumability, incremental or nothing;"
              + " default: resumability")
  private Optional<String> initial = Optional.empty();

  @Option(
      names = "--guarantee-incremental",
      paramLabel = "KIND",
      description = "the same for every other stream")
  private Optional<String> incremental = Optional.empty();

  @Option(
      names = "--rollback",
      description = "destroy what stands in the way on the target, as the plan lists it")
  private boolean rollback;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = "how many datasets to work on at a time; default: 2")
  private Optional<Integer> streams = Optional.empty();

  /** Returns the names of all these options. */
  static Set<String> names() {
    return CommandSpec.forAnnotatedObject(new ReplicationOptions()).optionsMap().keySet();
  }

  boolean raw() {
    return raw;
  }

  /**
   * Returns what is asked for as a job.
   *
   * @throws CommandFailure if it makes no sense
   */
  Job job(String source, String target, JobConfig.Inactivity inactivity) throws CommandFailure {
    String job = name.orElseGet(() -> madeOf(source, target));
    var config =
        new JobConfig(
            source,
            target,
            filter.isEmpty() ? Optional.empty() : Optional.of(patterns()),
            Optional.of(new JobConfig.Snapshots(Optional.of(include), Optional.of(exclude))),
            parsed(JobConfig.Which.class, "--intermediate", intermediate),
            Optional.of(
                new JobConfig.Send(
                    Optional.of(raw),
                    Optional.of(compressed),
                    Optional.of(largeBlocks),
                    Optional.of(embedded),
                    Optional.of(properties))),
            Optional.of(
                new JobConfig.Receive(Optional.empty(), Optional.of(set), Optional.of(inherit))),
            Optional.of(
                new JobConfig.Guarantees(
                    parsed(JobConfig.Kind.class, "--guarantee-initial", initial),
                    parsed(JobConfig.Kind.class, "--guarantee-incremental", incremental))),
            Optional.of(rollback),
            Optional.empty(),
            Optional.of(
                new JobConfig.Retries(
                    Optional.empty(), inactivity.unreachable(), Optional.empty())),
            Optional.of(new JobConfig.Concurrency(streams, Optional.empty())),
            Optional.of(inactivity),
            Optional.empty());
    List<String> problems = Jobs.problems(Map.of(job, config), _ -> true, _ -> true);
    if (!problems.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE, String.join("\n", problems).replace("jobs." + job + ".", ""));
    }
    return Jobs.of(Map.of(job, config)).getFirst();
  }

  private DatasetFilter patterns() throws CommandFailure {
    try {
      return new DatasetFilter(filter);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--filter: " + e.getMessage());
    }
  }

  private static <E extends Enum<E>> Optional<E> parsed(
      Class<E> type, String option, Optional<String> text) throws CommandFailure {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    for (E value : type.getEnumConstants()) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text.get())) {
        return Optional.of(value);
      }
    }
    throw new CommandFailure(
        ExitCode.USAGE, "%s: there is no '%s'; see --help".formatted(option, text.get()));
  }

  /* Two targets of one source must not share a cursor. */
  private static String madeOf(String source, String target) {
    var crc = new CRC32();
    crc.update((source + " " + target).getBytes(StandardCharsets.UTF_8));
    return "by-hand-%08x".formatted(crc.getValue());
  }
}
