package io.longhaul.coordinator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.testing.TestJobs;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A source whose root has no snapshot, and a dataset below it that has one. */
class EmptyParentTest {
  private static final ZfsFeatures ZFS =
      new ZfsFeatures("", Set.of('i', 'I', 't'), Set.of('s', 'u', 'o'), true, true, true);

  private final List<String> done = new CopyOnWriteArrayList<>();

  private static Dataset dataset(String name, Version... versions) {
    return new Dataset(
        DatasetName.parse(name),
        Dataset.Kind.FILESYSTEM,
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        Optional.empty(),
        List.of(versions));
  }

  private final Sides sides =
      new Sides() {
        @Override
        public Facts look() {
          var snapshot =
              new Version(
                  SendBase.parse("@daily"),
                  "7",
                  7,
                  Instant.EPOCH,
                  0,
                  Set.of(),
                  Set.of(),
                  Optional.empty());
          return new Facts(
              List.of(dataset("tank/vm"), dataset("tank/vm/a", snapshot)),
              List.of(dataset("backup")),
              ZFS,
              ZFS);
        }

        @Override
        public void change(Side side, List<ZfsChange> changes) {
          changes.stream()
              .filter(ZfsChange.CreatePlaceholder.class::isInstance)
              .forEach(placeholder -> done.add("create " + placeholder.datasets().toList()));
        }

        @Override
        public void stream(Step.Replicate stream, Meter meter) {
          done.add("stream to " + stream.receive().target());
        }

        @Override
        public OptionalLong estimate(Step.Replicate stream) {
          return OptionalLong.empty();
        }

        @Override
        public List<Running> running() {
          return List.of();
        }
      };

  @Test
  void whatIsBelowItIsSentAndItIsSaidToHaveNone() throws Exception {
    Job job = TestJobs.job("office:tank/vm", "vault:backup/vm", Optional.empty(), Optional.empty());
    Driver.Listener nobody =
        new Driver.Listener() {
          @Override
          public void said(String line) {}

          @Override
          public void stands(Standing standing) {}
        };
    Standing end =
        new Driver(job::plan, job::wants, sides, Pace.DEFAULT, nobody, System::nanoTime, () -> 0)
            .run();
    assertThat(done).containsExactly("create [backup/vm]", "stream to backup/vm/a");
    assertThat(end.outcomes())
        .extracting(outcome -> outcome.target() + " " + outcome.state().text())
        .containsExactly("backup/vm conflict", "backup/vm/a done");
    assertThat(end.outcomes().getFirst().code()).contains("no-snapshots");
  }
}
