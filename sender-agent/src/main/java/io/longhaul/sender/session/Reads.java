package io.longhaul.sender.session;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.audit.Asker;
import io.longhaul.protocol.audit.AuditLine;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What was read of one session since the agent was started, for the audit log. Thread-safe. */
public final class Reads {
  /* A reader that comes from ever other addresses must not fill the log. */
  private static final int MOST_ASKERS = 8;

  private final SessionId id;
  private final Set<Asker> askers = ConcurrentHashMap.newKeySet();
  private final LongAdder bytes = new LongAdder();

  Reads(SessionId id) {
    this.id = id;
  }

  /** Notes that somebody is about to read; the audit log says so the first time. */
  public void begin(Asker asker) {
    if (askers.size() < MOST_ASKERS && askers.add(asker)) {
      AuditLine.of("read").by(asker).with("session", id).log();
    }
  }

  /** Notes that bytes of chunks were sent. */
  public void add(long sent) {
    bytes.add(sent);
  }

  /** Returns how many bytes of chunks were sent, repeated ones too. */
  long bytes() {
    return bytes.sum();
  }
}
