package io.longhaul.coordinator.job;

import io.longhaul.coordinator.drive.Pace;
import io.longhaul.coordinator.plan.Endpoint;
import io.longhaul.coordinator.plan.ReceiveOptions;
import io.longhaul.coordinator.plan.Rules;
import io.longhaul.coordinator.plan.SnapshotFilter;
import io.longhaul.coordinator.schedule.Cron;
import io.longhaul.coordinator.schedule.Every;
import io.longhaul.coordinator.schedule.Schedule;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SendFlags;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads one job; finds all that is wrong with it, not only the first. Used once. */
final class JobReader {
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(10);
  private static final int MOST_AT_A_TIME = 64;
  private static final int MOST_TIMES = 1000;

  private final String key;
  private final JobConfig config;
  private final List<String> problems = new ArrayList<>();

  JobReader(String name, JobConfig config) {
    this.key = "jobs." + name;
    this.config = config;
  }

  /** Returns every fault, each as {@code key: what is wrong}. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Returns the job; only if there are no {@link #problems} it is whole. */
  Optional<Job> read(String name) {
    Optional<Endpoint> source = endpoint(".source", config.source());
    Optional<Endpoint> target = endpoint(".target", config.target());
    source.flatMap(JobReader::dataset).ifPresent(this::filterFits);
    Optional<Rules> rules = tried("", () -> rules(name));
    Optional<Schedule> schedule = config.schedule().flatMap(this::schedule);
    Pace pace = pace();
    Optional<SessionLimits> inactivity = tried(".inactivity", this::inactivity);
    Job.Hooks hooks = hooks();
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Job(
            source.orElseThrow().agent(),
            dataset(source.orElseThrow()).orElseThrow(),
            target.orElseThrow().agent(),
            dataset(target.orElseThrow()).orElseThrow(),
            config.filter(),
            rules.orElseThrow(),
            schedule,
            pace,
            inactivity.orElseThrow(),
            hooks));
  }

  private <T> Optional<T> tried(String where, Supplier<@Nullable T> read) {
    try {
      return Optional.ofNullable(read.get());
    } catch (IllegalArgumentException | DateTimeException e) {
      problems.add(key + where + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Endpoint> endpoint(String where, String text) {
    Optional<Endpoint> end = tried(where, () -> Endpoint.parse(text));
    if (end.isPresent() && dataset(end.get()).isEmpty()) {
      problems.add(key + where + ": must be AGENT:DATASET without a snapshot, was '" + text + "'");
      return Optional.empty();
    }
    return end;
  }

  private static Optional<DatasetName> dataset(Endpoint end) {
    return end.place() instanceof Endpoint.Place.Dataset place && place.snapshot().isEmpty()
        ? Optional.of(place.name())
        : Optional.empty();
  }

  private void filterFits(DatasetName root) {
    if (config.filter().isEmpty()) {
      return;
    }
    DatasetFilter filter = config.filter().get();
    filter.named().stream()
        .filter(named -> !named.equals(root) && !named.isBelow(root) && !root.isBelow(named))
        .forEach(named ->
            problems.add(key + ".filter: " + named + " is neither " + root + " nor below it"));
    boolean any =
        filter.passes(root) || filter.named().stream().anyMatch(named -> named.isBelow(root));
    if (!any) {
      problems.add(
          key
              + ".filter: no pattern with true means a dataset of "
              + root
              + ", so nothing is sent");
    }
  }

  private Rules rules(String name) {
    var guarantee =
        config
            .guarantee()
            .orElseGet(() -> new JobConfig.Guarantees(Optional.empty(), Optional.empty()));
    return new Rules(
        name,
        config.intermediates().map(JobConfig.Which::meant).orElse(Job.USUALLY),
        snapshots(),
        config.send().map(JobReader::send).orElse(SendFlags.NONE),
        config.receive().map(this::receive).orElse(ReceiveOptions.SAFE),
        config.rollback().orElse(false),
        guarantee.initial().map(JobConfig.Kind::meant).orElse(Job.USUAL),
        guarantee.incremental().map(JobConfig.Kind::meant).orElse(Job.USUAL));
  }

  private SnapshotFilter snapshots() {
    if (config.snapshots().isEmpty()) {
      return SnapshotFilter.ALL;
    }
    JobConfig.Snapshots chosen = config.snapshots().get();
    return new SnapshotFilter(
        patterns(".snapshots.include", chosen.include().orElse(List.of())),
        patterns(".snapshots.exclude", chosen.exclude().orElse(List.of())));
  }

  private List<Pattern> patterns(String where, List<String> texts) {
    var patterns = new ArrayList<Pattern>();
    for (String text : texts) {
      try {
        patterns.add(Pattern.compile(text));
      } catch (PatternSyntaxException e) {
        problems.add(
            key + where + ": '" + text + "' is no regular expression: " + e.getDescription());
      }
    }
    return patterns;
  }

  private static SendFlags send(JobConfig.Send flags) {
    return new SendFlags(
        flags.raw().orElse(false),
        flags.compressed().orElse(false),
        flags.largeBlocks().orElse(false),
        flags.embedded().orElse(false),
        flags.properties().orElse(false));
  }

  private ReceiveOptions receive(JobConfig.Receive receive) {
    var inherit = new TreeSet<>(receive.inherit().orElse(List.of()));
    var set = new TreeMap<String, String>();
    if (!inherit.contains("readonly")) {
      set.putAll(ReceiveOptions.SAFE.set());
    }
    Map<String, String> asked = receive.set().orElse(Map.of());
    set.putAll(asked);
    inherit.stream()
        .filter(asked::containsKey)
        .forEach(both ->
            problems.add(
                key + ".receive: '" + both + "' cannot be both set and inherited; leave one out"));
    return new ReceiveOptions(!receive.mounted().orElse(false), set, inherit);
  }

  private Optional<Schedule> schedule(JobConfig.Times times) {
    if (times.every().isPresent() == times.cron().isPresent()) {
      problems.add(
          key + ".schedule: needs either every, such as 15m, or cron, such as '0 2 * * *'");
      return Optional.empty();
    }
    if (times.every().isPresent()) {
      Duration every = times.every().get().duration();
      if (times.zone().isPresent()) {
        problems.add(key + ".schedule.zone: is for cron only");
      }
      if (every.compareTo(LEAST_INTERVAL) < 0) {
        problems.add(key + ".schedule.every: must be at least " + new TimeSpan(LEAST_INTERVAL));
        return Optional.empty();
      }
      return Optional.of(new Every(every));
    }
    Optional<ZoneId> zone =
        tried(
            ".schedule.zone", () -> times.zone().map(ZoneId::of).orElseGet(ZoneId::systemDefault));
    return zone.flatMap(
        at -> tried(".schedule.cron", () -> new Cron(times.cron().orElseThrow(), at)));
  }

  private Pace pace() {
    Pace usual = Pace.DEFAULT;
    var together = config.concurrency();
    var again = config.retries();
    return new Pace(
        within(
            ".concurrency.streams",
            together.flatMap(JobConfig.Concurrency::streams),
            usual.streams(),
            1,
            MOST_AT_A_TIME),
        within(
            ".concurrency.estimates",
            together.flatMap(JobConfig.Concurrency::estimates),
            usual.estimates(),
            1,
            MOST_AT_A_TIME),
        within(
            ".retries.failures",
            again.flatMap(JobConfig.Retries::failures),
            usual.failures(),
            1,
            MOST_TIMES),
        again
            .flatMap(JobConfig.Retries::unreachable)
            .map(TimeSpan::duration)
            .orElse(usual.unreachable()),
        within(
            ".retries.heals",
            again.flatMap(JobConfig.Retries::heals),
            usual.heals(),
            0,
            MOST_TIMES));
  }

  private int within(String where, Optional<Integer> number, int usual, int least, int most) {
    int meant = number.orElse(usual);
    if (meant < least || meant > most) {
      problems.add(key + where + ": must be " + least + " to " + most + ", was " + meant);
    }
    return meant;
  }

  private SessionLimits inactivity() {
    SessionLimits usual = SessionLimits.DEFAULT;
    var asked = config.inactivity();
    return new SessionLimits(
        asked
            .flatMap(JobConfig.Inactivity::stalled)
            .map(TimeSpan::duration)
            .orElse(usual.stalled()),
        asked
            .flatMap(JobConfig.Inactivity::unreachable)
            .map(TimeSpan::duration)
            .orElse(usual.unreachable()));
  }

  private Job.Hooks hooks() {
    if (config.hooks().isEmpty()) {
      return Job.Hooks.NONE;
    }
    JobConfig.Hooks asked = config.hooks().get();
    return new Job.Hooks(
        command(".hooks.before", asked.before()),
        command(".hooks.after", asked.after()),
        asked.timeout().map(TimeSpan::duration).orElse(Job.Hooks.NONE.timeout()));
  }

  private List<String> command(String where, Optional<List<String>> command) {
    if (command.isPresent() && (command.get().isEmpty() || command.get().getFirst().isEmpty())) {
      problems.add(key + where + ": must name a program, such as [/usr/local/bin/notify]");
    }
    return command.orElse(List.of());
  }
}
