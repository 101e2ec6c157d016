package io.longhaul.receiver.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.spool.HaveFile;
import io.longhaul.protocol.spool.Mark;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PullWindowTest {
  private static final long MIB = HaveFile.BLOCK_BYTES;
  private static final long SECOND = 1_000_000_000L;

  private final PullWindow window = new PullWindow(32 * MIB);

  static ChunkRecord record(long number, long length) {
    return ChunkRecord.of(
        number,
        number * length,
        length,
        new ChunkDigests(Optional.of("0".repeat(32)), Optional.empty()));
  }

  private Claim claim(long nowNanos, double rate) {
    return window.claim(nowNanos, rate).orElseThrow();
  }

  @Test
  void theFirstClaimOfAnUnknownConnectionIsOneBlockOfTheLowestChunk() {
    window.add(record(0, 16 * MIB), new BitSet());
    window.add(record(1, 16 * MIB), new BitSet());
    Claim first = claim(0, 0);
    assertThat(first.record().chunk()).isZero();
    assertThat(first.at()).isZero();
    assertThat(first.to()).isEqualTo(MIB);
    assertThat(claim(0, 0).at()).isEqualTo(MIB);
  }

  @Test
  void aClaimIsWhatTheConnectionCarriesInTwoSecondsInWholeBlocks() {
    window.add(record(0, 16 * MIB), new BitSet());
    assertThat(claim(0, 2.3 * MIB).to()).isEqualTo(4 * MIB);
    assertThat(claim(0, 1000 * MIB).to()).isEqualTo(16 * MIB);
  }

  @Test
  void blocksThatAreThereAreNotClaimed() {
    BitSet present = new BitSet();
    present.set(0, 2);
    present.set(3);
    window.add(record(0, 4 * MIB + 5), present);
    Claim hole = claim(0, 1000 * MIB);
    assertThat(List.of(hole.at(), hole.to())).containsExactly(2 * MIB, 3 * MIB);
    Claim rest = claim(0, 1000 * MIB);
    assertThat(List.of(rest.at(), rest.to())).containsExactly(4 * MIB, 4 * MIB + 5);
    assertThat(window.claim(0, 1000 * MIB)).isEmpty();
  }

  @Test
  void aChunkWhoseBlocksAreAllThereIsWholeAtOnce() {
    BitSet present = new BitSet();
    present.set(0, 2);
    assertThat(window.add(record(0, MIB + 1), present)).isTrue();
    assertThat(window.claim(0, 0)).isEmpty();
  }

  @Test
  void writingTellsWhichBlocksAndChunksAreWhole() {
    window.add(record(0, 2 * MIB + 10), new BitSet());
    Claim all = claim(0, 100 * MIB);
    assertThat(window.written(all, MIB - 1).blocks()).isEmpty();
    assertThat(window.written(all, 1).blocks()).containsExactly(0);
    PullWindow.Written last = window.written(all, MIB + 10);
    assertThat(last.blocks()).containsExactly(1, 2);
    assertThat(last.whole()).isTrue();
  }

  @Test
  void theRestOfAFailedClaimIsClaimedAgainByteForByte() {
    window.add(record(0, 4 * MIB), new BitSet());
    Claim failing = claim(0, 1000 * MIB);
    window.written(failing, MIB + 77);
    window.giveBack(failing);
    Claim again = claim(0, 0);
    assertThat(List.of(again.at(), again.to())).containsExactly(MIB + 77, 2 * MIB);
    assertThat(window.written(again, MIB - 77).blocks()).containsExactly(1);
  }

  @Test
  void anIdleConnectionTakesHalfOfASlowOne() {
    window.add(record(0, 8 * MIB), new BitSet());
    Claim slow = claim(0, 100 * MIB);
    window.written(slow, MIB);
    Claim thief = window.claim(10 * SECOND, 0.1 * MIB).orElseThrow();
    assertThat(List.of(slow.to(), thief.at(), thief.to()))
        .containsExactly(5 * MIB, 5 * MIB, 8 * MIB);
    assertThat(window.written(slow, 8 * MIB).whole()).isFalse();
    assertThat(slow.left()).isZero();
    assertThat(window.written(thief, 3 * MIB).whole()).isTrue();
  }

  @Test
  void nothingIsTakenFromAConnectionThatIsNearlyDone() {
    window.add(record(0, 8 * MIB), new BitSet());
    Claim quick = claim(0, 100 * MIB);
    window.written(quick, 7 * MIB);
    assertThat(window.claim(SECOND, MIB)).isEmpty();
  }

  @Test
  void theVeryEndIsSplitWithinABlock() {
    window.add(record(0, MIB), new BitSet());
    Claim slow = claim(0, 0);
    window.written(slow, 100_000);
    Claim thief = window.claim(10 * SECOND, 10_000).orElseThrow();
    assertThat(thief.at()).isEqualTo(slow.to()).isBetween(500_000L, 600_000L);
    assertThat(window.written(slow, MIB).blocks()).isEmpty();
    assertThat(window.written(thief, MIB).blocks()).containsExactly(0);
  }

  @Test
  void theHeadIsSplitBeforeNewWorkIsTakenIfItWaitsLong() {
    window.add(record(0, 16 * MIB), new BitSet());
    window.add(record(1, 16 * MIB), new BitSet());
    claim(0, 100 * MIB);
    assertThat(claim(30 * SECOND, 0.1 * MIB).record().chunk()).isZero();
  }

  @Test
  void withinTheStreamTheLowestChunkIsSplitAndAtTheEndTheSlowest() {
    for (boolean tail : new boolean[] {false, true}) {
      PullWindow two = new PullWindow(32 * MIB);
      two.add(record(0, 2 * MIB), new BitSet());
      two.add(record(1, 16 * MIB), new BitSet());
      two.written(two.claim(0, 100 * MIB).orElseThrow(), MIB);
      two.written(two.claim(0, 100 * MIB).orElseThrow(), MIB);
      if (tail) {
        two.close();
      }
      Claim thief = two.claim(2 * SECOND, MIB).orElseThrow();
      assertThat(thief.record().chunk()).as("tail: %s", tail).isEqualTo(tail ? 1 : 0);
    }
  }

  @Test
  void admissionIsByPositionAndTheHeadIsAlwaysAdmitted() {
    assertThat(window.admits(record(1, 16 * MIB))).isTrue();
    assertThat(window.admits(record(2, 16 * MIB))).isFalse();
    window.fed(new Mark(1, 16 * MIB, false));
    assertThat(window.admits(record(2, 16 * MIB))).isTrue();
    assertThat(window.admits(record(3, 16 * MIB))).isFalse();
    assertThat(new PullWindow(1).admits(record(0, 16 * MIB))).isTrue();
  }

  @Test
  void theNumberOfChunksIsBounded() {
    for (int i = 0; i < PullWindow.MOST_CHUNKS; i++) {
      window.add(record(i, 1), new BitSet());
    }
    assertThat(window.admits(record(PullWindow.MOST_CHUNKS, 1))).isFalse();
    window.remove(0);
    assertThat(window.admits(record(PullWindow.MOST_CHUNKS, 1))).isTrue();
  }

  @Test
  void aDroppedChunkIsFetchedAgainWholeOnFreshConnections() {
    window.add(record(0, 4 * MIB), new BitSet());
    Claim before = claim(0, 0);
    window.written(before, 1000);
    assertThat(window.drop(record(0, 4 * MIB))).isEqualTo(1000);
    assertThat(before.dropped()).isTrue();
    assertThat(before.left()).isZero();
    assertThat(window.written(before, 500).blocks()).isEmpty();
    window.giveBack(before);
    Claim again = claim(0, 100 * MIB);
    assertThat(List.of(again.at(), again.to())).containsExactly(0L, 4 * MIB);
    assertThat(again.fresh()).isTrue();
  }
}
