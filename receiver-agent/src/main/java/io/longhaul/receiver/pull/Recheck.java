package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.wire.ManifestPage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Compares what is verified here with what the sender lists, after it has started its source again.
 * The sender compares too, but only with what is left of its manifest: if its machine went down, it
 * may have lost lines that were read here, and a source that does not repeat itself would go on
 * with another stream in the middle of ours.
 */
final class Recheck {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final SenderClient sender;
  private final SessionSpool spool;
  private final PullCount count;
  private final PullClock clock;
  private final Retrier retrier;

  Recheck(SenderClient sender, SessionSpool spool, PullCount count, PullClock clock) {
    this.sender = sender;
    this.spool = spool;
    this.count = count;
    this.clock = clock;
    this.retrier = new Retrier(spool.id(), clock);
  }

  /**
   * Compares the chunks below {@code to}, as the sender comes to seal them, over any outage.
   *
   * @throws SessionEndedException if one differs, or the sender ends the session
   * @throws TransferException if the session cannot go on; never a retryable one
   */
  void compare(long to) throws TransferException, InterruptedException {
    try (ManifestReader ours = ManifestReader.open(spool.manifest(), spool.id())) {
      for (long next = 0; next < to; ) {
        int most = (int) Math.min(ManifestReader.MOST_LINES, to - next);
        List<ChunkRecord> theirs = ask(next, most);
        List<ChunkRecord> here = ours.read(next, most).chunks();
        int compared = Math.min(here.size(), theirs.size());
        compare(here.subList(0, compared), theirs.subList(0, compared));
        next += compared;
      }
    } catch (IOException e) {
      throw SpoolTrouble.of("read the manifest", spool, e);
    }
  }

  private List<ChunkRecord> ask(long from, int most)
      throws TransferException, InterruptedException {
    ManifestPage page =
        retrier.repeat(
            "compare what the repeated source gives", () -> sender.manifest(from, most, WAIT));
    count.heard(page.status());
    ManifestFollower.checkGoingOn(page.status());
    if (page.chunks().isEmpty()) {
      clock.sleeper().sleep(PAUSE);
    }
    return page.chunks();
  }

  private static void compare(List<ChunkRecord> ours, List<ChunkRecord> theirs)
      throws SessionEndedException {
    for (int i = 0; i < theirs.size(); i++) {
      Optional<Failure> difference = theirs.get(i).differenceFrom(ours.get(i));
      if (difference.isPresent()) {
        throw new SessionEndedException(difference.get());
      }
    }
  }
}
