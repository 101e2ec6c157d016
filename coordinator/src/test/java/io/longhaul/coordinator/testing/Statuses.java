package io.longhaul.coordinator.testing;

import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What agents say, with everything but the interesting part made up. */
public final class Statuses {
  public static final SessionId ID = new SessionId("01jd3v8x6m0123456789abcdef");
  public static final long MIB = 1L << 20;
  public static final EndRecord END =
      new EndRecord(4, 64 * MIB, 0, "5d".repeat(32), Optional.empty());

  private Statuses() {}

  /** The interesting part of what a receiver says. */
  public record Receiving(
      SessionState state,
      long fedBytes,
      ReceiveStatus.Transfer transfer,
      Duration sinceProgress,
      Duration sinceContact,
      Optional<EndRecord> end,
      Optional<Failure> failure) {

    public Receiving fed(long bytes) {
      return new Receiving(state, bytes, transfer, sinceProgress, sinceContact, end, failure);
    }

    public Receiving still(Duration time) {
      return new Receiving(state, fedBytes, transfer, time, sinceContact, end, failure);
    }

    public Receiving senderAway(Duration time) {
      var away = new ReceiveStatus.Transfer(false, 0, fedBytes, 0, 0, 1, time);
      return new Receiving(state, fedBytes, away, sinceProgress, time, end, failure);
    }

    public Receiving transfer(ReceiveStatus.Transfer newer) {
      return new Receiving(state, fedBytes, newer, sinceProgress, sinceContact, end, failure);
    }

    public Receiving end(EndRecord record) {
      return new Receiving(
          state, fedBytes, transfer, sinceProgress, sinceContact, Optional.of(record), failure);
    }

    public Receiving failure(Failure why) {
      return new Receiving(
          state, fedBytes, transfer, sinceProgress, sinceContact, end, Optional.of(why));
    }

    public ReceiveStatus status() {
      return status(ID);
    }

    public ReceiveStatus status(SessionId id) {
      return new ReceiveStatus(
          id,
          state,
          "office",
          ":tree",
          OptionalLong.of(4711),
          fedBytes / (16 * MIB),
          fedBytes,
          fedBytes / (16 * MIB),
          fedBytes,
          OptionalLong.empty(),
          transfer,
          sinceProgress,
          sinceContact,
          SessionLimits.DEFAULT,
          Map.of("job", "nightly"),
          end,
          state == SessionState.DONE ? OptionalInt.of(0) : OptionalInt.empty(),
          failure);
    }
  }

  public static Receiving receiving(SessionState state) {
    return new Receiving(
        state,
        0,
        new ReceiveStatus.Transfer(true, 3, 0, 0, 0, 0, Duration.ZERO),
        Duration.ZERO,
        Duration.ZERO,
        Optional.empty(),
        Optional.empty());
  }

  /** A receiver's last word after all went well. */
  public static Receiving delivered() {
    return receiving(SessionState.DONE)
        .fed(64 * MIB)
        .end(END)
        .transfer(
            new ReceiveStatus.Transfer(true, 3, 65 * MIB, 1, MIB, 2, Duration.ofMillis(6200)));
  }

  public static SendStatus sending(
      SessionId id, SessionState state, Duration sinceProgress, Optional<Failure> failure) {
    return sending(id, state, 1, OptionalLong.empty(), sinceProgress, Duration.ZERO, failure);
  }

  private static SendStatus sending(
      SessionId id,
      SessionState state,
      int attempt,
      OptionalLong replayedBytes,
      Duration sinceProgress,
      Duration sinceContact,
      Optional<Failure> failure) {
    return new SendStatus(
        id,
        state,
        ":tree",
        "vault-reader",
        16 * MIB,
        3,
        48 * MIB,
        2,
        32 * MIB,
        1L << 30,
        OptionalLong.of(64 * MIB),
        attempt,
        replayedBytes,
        sinceProgress,
        sinceContact,
        SessionLimits.DEFAULT,
        Map.of("job", "nightly"),
        Optional.empty(),
        failure);
  }

  /** What a sender says whose source runs for the second time. */
  public static SendStatus repeating(long replayedBytes) {
    return sending(
        ID,
        SessionState.RUNNING,
        2,
        OptionalLong.of(replayedBytes),
        Duration.ZERO,
        Duration.ZERO,
        Optional.empty());
  }

  /** What a sender says that has not heard of its reader for so long. */
  public static SendStatus withoutReader(Duration time) {
    return sending(ID, SessionState.PAUSED, 1, OptionalLong.empty(), time, time, Optional.empty());
  }

  public static SendStatus sending(SessionState state) {
    return sending(ID, state, Duration.ZERO, Optional.empty());
  }

  public static AgentInfo info(Role role, String name) {
    return new AgentInfo(
        name,
        role,
        "longhaul 0.1.0",
        ProtocolVersion.SPOKEN,
        List.of(),
        "someone",
        1L << 30,
        Optional.of("zfs-2.1.11"),
        Optional.empty(),
        List.of());
  }

  /** What a receiver says of a sender that it reaches and that knows it as {@code vault-reader}. */
  public static PeerInfo reached(String name) {
    AgentInfo plain = info(Role.SEND, name);
    AgentInfo seen =
        new AgentInfo(
            plain.name(),
            plain.role(),
            plain.software(),
            plain.protocol(),
            plain.capabilities(),
            "vault-reader",
            plain.spoolLimitBytes(),
            plain.zfs(),
            plain.certificateExpires(),
            plain.warnings());
    return new PeerInfo(
        name, URI.create("http://10.0.0.1:7401"), Optional.of(seen), Optional.empty());
  }
}
