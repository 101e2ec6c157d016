package io.longhaul.receiver.session;

import io.longhaul.protocol.pipe.FifoHold;
import io.longhaul.protocol.pipe.Fifos;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own hold on the sink's FIFO: as long as it lasts, the sink sees no end of file, also
 * when the pump is killed. Used by one thread.
 *
 * <p>Until the sink runs, both ends are held, so that nobody waits for the other; from then on only
 * the writing end, so that the pump notices a sink that closes its stdin.
 */
final class SinkHold implements AutoCloseable {
  private final SessionSpool spool;
  private final Fifos fifos;
  private @Nullable FifoHold held;
  private boolean writingEndOnly;
  private boolean over;

  SinkHold(SessionSpool spool, Fifos fifos) {
    this.fifos = fifos;
    this.spool = spool;
  }

  /** Takes hold, making the FIFO if there is none; not again after the whole stream was fed. */
  void take(Mark fed) throws IOException {
    over = fed.complete();
    if (over) {
      return;
    }
    if (Files.exists(spool.sinkFifo())) {
      held = fifos.holdBothEnds(spool.sinkFifo());
    } else {
      held = fifos.create(spool.sinkFifo());
    }
  }

  /** Gives the reading end up once the sink has it. */
  void sinkRuns() throws IOException {
    FifoHold both = held;
    if (both == null || writingEndOnly || over) {
      return;
    }
    Optional<FifoHold> writingEnd = fifos.holdWritingEnd(spool.sinkFifo());
    if (writingEnd.isPresent()) {
      held = writingEnd.get();
      writingEndOnly = true;
      both.close();
    }
  }

  /**
   * Keeps hold until the agent ends, because somebody who cannot be ended still reads the FIFO: an
   * end of file would tell them that the stream is whole.
   */
  void keep() {
    over = true;
    held = null;
  }

  /** Lets go for good: the stream was fed whole, or the sink has been ended. */
  @Override
  public void close() {
    over = true;
    if (held != null) {
      held.close();
      held = null;
    }
  }
}
