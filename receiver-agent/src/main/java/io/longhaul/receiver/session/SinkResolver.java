package io.longhaul.receiver.session;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.receiver.StreamConfig;
import java.util.Map;
import java.util.TreeSet;

/** Turns what a request names into the command that this machine runs for it. Thread-safe. */
public final class SinkResolver {
  private final Map<String, StreamConfig> streams;
  private final Zfs zfs;

  /** Creates the resolver of an agent with these named streams and this ZFS. */
  public SinkResolver(Map<String, StreamConfig> streams, Zfs zfs) {
    this.streams = streams;
    this.zfs = zfs;
  }

  /**
   * Returns what to run for a sink, after asking whether it can work at all.
   *
   * @param id the session that it is for
   * @throws ProblemException if the stream is not configured, the command is not installed, or the
   *     target dataset does not fit
   */
  ResolvedSink resolve(SinkSpec sink, SessionId id) throws ProblemException, InterruptedException {
    ResolvedSink resolved =
        switch (sink) {
          case SinkSpec.Stream named -> stream(named.name(), id);
          case SinkSpec.Zfs receive -> ResolvedSink.of(receive(receive));
        };
    Command command = resolved.command();
    if (command.executable().isEmpty()) {
      throw new ProblemException(
          ProblemType.UNAVAILABLE_HERE,
          "the sink's command '"
              + command.program()
              + "' is not installed here; install it or correct the configuration");
    }
    return resolved;
  }

  private ResolvedSink stream(String name, SessionId id) throws ProblemException {
    StreamConfig stream = streams.get(name);
    if (stream == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND,
          "no stream '"
              + name
              + "' is configured here; known are "
              + new TreeSet<>(streams.keySet()));
    }
    return stream.file().isPresent()
        ? ResolvedSink.of(FileSink.of(stream.file().get(), id))
        : ResolvedSink.of(
            new Command(stream.command().orElseThrow(), stream.environment().orElse(Map.of())));
  }

  private Command receive(SinkSpec.Zfs sink) throws ProblemException, InterruptedException {
    requireSnapshotName(sink);
    try {
      if (Command.of(zfs.command()).executable().isEmpty()) {
        return Command.of(zfs.command());
      }
      ZfsFeatures features = zfs.features();
      boolean exists = zfs.exists(sink.target());
      if (sink.resumes()) {
        requirePartial(sink, exists, features);
      } else if (exists && !sink.incremental() && !sink.receive().force()) {
        throw new ProblemException(
            ProblemType.CONFLICT,
            "the target dataset "
                + sink.target()
                + " exists, and a full stream needs a new one; name another target, or send an"
                + " increment with --from");
      }
      if (!exists && sink.incremental()) {
        throw new ProblemException(
            ProblemType.CONFLICT,
            "the target dataset "
                + sink.target()
                + " does not exist, and an increment builds on what is there; send a full stream first");
      }
      return new Command(zfs.receiveCommand(sink.receive(), features), Map.of("LC_ALL", "C"));
    } catch (ZfsException e) {
      throw new ProblemException(ProblemType.UNAVAILABLE_HERE, String.valueOf(e.getMessage()));
    }
  }

  private void requirePartial(SinkSpec.Zfs sink, boolean exists, ZfsFeatures features)
      throws ProblemException, ZfsException, InterruptedException {
    boolean partial =
        exists
            && features.resumeTokens()
            && zfs.get(sink.target(), "receive_resume_token").isPresent();
    if (!partial) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "the target dataset "
              + sink.target()
              + " has kept nothing of an interrupted receive; send the stream from its beginning");
    }
  }

  private static void requireSnapshotName(SinkSpec.Zfs sink) throws ProblemException {
    try {
      new SnapshotName(sink.target(), sink.snapshot());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "sink.snapshot: " + e.getMessage());
    }
  }
}
