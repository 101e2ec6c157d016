package io.longhaul.receiver.session;

import io.longhaul.protocol.pipe.FifoUsers;
import io.longhaul.protocol.pipe.ProcessGroup;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.PumpStarter;
import io.longhaul.protocol.spool.Pumps;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.receiver.pump.ReceivePumpMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The processes of the machine, as a session sees them: pumps, sinks, and who uses a FIFO. */
interface PumpHost extends PumpStarter {
  /** Returns which process has this number now. */
  ProcessIdentity identity(long pid) throws IOException;

  /** As {@link FifoUsers#groups}. */
  List<ProcessIdentity> users(Path fifo) throws IOException;

  /** As {@link ProcessGroup#end}, with its usual grace. */
  boolean end(ProcessIdentity leader, Sleeper sleeper) throws IOException, InterruptedException;

  /** Returns the one that this process runs on. */
  static PumpHost real() {
    Pumps pumps = new Pumps("receive-pump", ReceivePumpMain.class);
    return new PumpHost() {
      @Override
      public Process start(SessionSpool spool) throws IOException {
        return pumps.start(spool);
      }

      @Override
      public ProcessIdentity identity(long pid) throws IOException {
        return ProcessIdentity.of(pid);
      }

      @Override
      public List<ProcessIdentity> users(Path fifo) throws IOException {
        return FifoUsers.groups(fifo);
      }

      @Override
      public boolean end(ProcessIdentity leader, Sleeper sleeper)
          throws IOException, InterruptedException {
        return ProcessGroup.end(leader, ProcessGroup.GRACE, sleeper);
      }
    };
  }
}
