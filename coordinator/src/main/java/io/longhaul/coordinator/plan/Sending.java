package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.SendFlags;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.ArrayList;
import java.util.List;

/** The stream that a {@code zfs send} makes. */
public sealed interface Sending {
  /** Returns what follows {@code zfs}, with the job's flags where ZFS lets them be said. */
  List<String> arguments(SendFlags flags);

  /** A full stream or one from a base of the same dataset. */
  record Plain(ZfsSend send) implements Sending {
    @Override
    public List<String> arguments(SendFlags flags) {
      var arguments = command(flags);
      send.base()
          .ifPresent(base -> {
            arguments.add(send.intermediates() ? "-I" : "-i");
            arguments.add(base.toString());
          });
      arguments.add(send.snapshot().toString());
      return List.copyOf(arguments);
    }
  }

  /** A clone, as its difference from the snapshot it was cloned from. */
  record FromOrigin(SnapshotName origin, SnapshotName snapshot) implements Sending {
    @Override
    public List<String> arguments(SendFlags flags) {
      var arguments = command(flags);
      arguments.addAll(List.of("-i", origin.toString(), snapshot.toString()));
      return List.copyOf(arguments);
    }
  }

  /** What is missing of a stream that broke. The token carries its flags: none may be said. */
  record Resumed(String token, SnapshotName snapshot) implements Sending {
    @Override
    public List<String> arguments(SendFlags flags) {
      return List.of("send", "-t", token);
    }
  }

  private static List<String> command(SendFlags flags) {
    var arguments = new ArrayList<String>();
    arguments.add("send");
    arguments.addAll(flags.arguments());
    return arguments;
  }
}
