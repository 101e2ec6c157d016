package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Site;
import io.longhaul.protocol.testing.Requirements;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.TestPools;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A copy that another program has made is gone on with, without a new full stream. */
class MigrationIT {
  private static final List<String> NAMES = List.of("", "/a", "/a/b");

  @BeforeAll
  static void needsZfs() {
    Requirements.need(TestPools.available(), "a ZFS at work and the rights of root");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a script, monday, tuesday, wednesday",
    "syncoid, syncoid_office_2026-11-18:02:00:01-GMT00:00,"
        + " syncoid_office_2026-11-19:02:00:01-GMT00:00, autosnap_2026-11-20_00:00:01_daily",
    "zrepl, zrepl_20261118_020000_000, zrepl_20261119_020000_000, zrepl_20261120_020000_000",
  })
  void isGoneOnWith(String program, String first, String second, String third) throws Exception {
    try (TestPools pools = TestPools.create();
        Site site = new Site()) {
      DatasetName source = DatasetName.parse(pools.source() + "/vm");
      DatasetName target = DatasetName.parse(pools.target() + "/vm");
      for (String name : NAMES) {
        pools.create(DatasetName.parse(source + name));
      }
      snapshot(pools, source, first);
      snapshot(pools, source, second);
      pools.copy(source.at(second), target);
      pools.zfs("destroy", "-r", source + "@" + first); // each prunes for itself
      snapshot(pools, source, third);

      site.start();
      CommandResult plan = site.coordinator("plan", "office:" + source, "vault:" + target);
      assertThat(plan.out().lines().filter(line -> line.contains("zfs send ")))
          .as(plan.toString())
          .hasSize(NAMES.size())
          .allMatch(line -> line.contains(" -i @" + second + " "));
      CommandResult start = site.coordinator("start", "office:" + source, "vault:" + target);
      assertThat(start.exit()).as(start.toString()).isZero();
      for (String name : NAMES) {
        DatasetName copy = DatasetName.parse(target + name);
        assertThat(pools.guid(copy.at(third)))
            .isEqualTo(pools.guid(DatasetName.parse(source + name).at(third)));
        assertThat(pools.guid(copy.at(first))).as("what it has, it keeps").isNotEmpty();
      }
    }
  }

  private static void snapshot(TestPools pools, DatasetName source, String label) throws Exception {
    for (String name : NAMES) {
      DatasetName dataset = DatasetName.parse(source + name);
      Files.writeString(pools.mountpoint(dataset).resolve("file"), label);
      pools.snapshot(dataset.at(label));
    }
  }
}
