package io.longhaul.packaging.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.failure.FailureKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Knows what must hold at every moment and at the end, and says what does not. */
public final class Judge {
  private static final int KILLED = 137;
  private static final int FRUITLESS = 5;

  private final World world;
  private final Set<FailureKind> allowed = EnumSet.noneOf(FailureKind.class);
  private int sinkStarts;
  private int sinkBytes;
  private boolean sinkIsWrong;
  private boolean sinkHasFirst = true;
  private boolean sinkHasSecond = true;
  private int sendPumpDeaths;
  private boolean receiverRebooted;
  private boolean chunkFileDamaged;

  Judge(World world) {
    this.world = world;
    allowWhatThePlanDoes(world.plan());
  }

  /** Notes that the receiving machine went down. */
  void receiverRebooted() {
    receiverRebooted = true;
    allow(FailureKind.PUMP_DIED);
    allow(FailureKind.SPOOL_FAILED);
  }

  /** Notes that a chunk's file was damaged in the receiver's spool. */
  void chunkFileDamaged() {
    chunkFileDamaged = true;
    allow(FailureKind.SPOOL_DAMAGED);
  }

  private void allowWhatThePlanDoes(Plan plan) {
    boolean sourceFails = plan.sourceFailsAt() <= plan.stream().length;
    if (sourceFails
        && (plan.sourceStatus() != KILLED
            || !plan.repeatable()
            || plan.sourceFailures() >= FRUITLESS)) {
      allow(FailureKind.SOURCE_FAILED);
    }
    if (sourceFails && plan.liarFrom() < plan.stream().length) {
      allow(FailureKind.SOURCE_DIFFERS);
    }
    if (plan.sinkFailsAt() <= plan.stream().length) {
      allow(FailureKind.SINK_FAILED);
      allow(FailureKind.SINK_EXITED_EARLY);
    }
  }

  /** Notes that a process is about to be killed by a fault. */
  void crashed(SimProcess process) {
    switch (process.name()) {
      case "send-pump" -> sendPumpDied();
      case "receive-pump" -> allow(FailureKind.PUMP_DIED);
      default -> {}
    }
  }

  private void sendPumpDied() {
    sendPumpDeaths++;
    if (!world.plan().repeatable() || sendPumpDeaths > 1) {
      allow(FailureKind.PUMP_DIED);
    }
    if (sendPumpDeaths >= FRUITLESS) {
      allow(FailureKind.SOURCE_FAILED);
    }
    if (world.plan().liarFrom() < world.plan().stream().length) {
      allow(FailureKind.SOURCE_DIFFERS);
    }
  }

  /** Notes that a failure of this kind is explained by a fault. */
  void allow(FailureKind kind) {
    allowed.add(kind);
    allowed.add(FailureKind.PEER_FAILED); // a request for a chunk may be the first to hear of it
  }

  /** Called after each change of a file. */
  void changed(Host host, String path) {
    world.trace("%s: %s", host, path.substring(path.lastIndexOf('/') + 1));
    if (path.endsWith(".part") || path.endsWith(".chunk")) {
      boolean send = host == world.sending();
      long bytes = host.disk().chunkBytes(send ? World.SEND_DIRECTORY : World.RECEIVE_DIRECTORY);
      long limit = send ? world.plan().sendLimit() : world.plan().receiveLimit();
      long more =
          send && world.sending().disk().find(World.SEND_DIRECTORY + "/replayed") != null
              ? limit
              : 0;
      if (bytes > limit + more) {
        world.violate(
            "the spool of the %s side holds %d bytes, its limit is %d", host, bytes, limit);
      }
    }
    if (host == world.receiving()
        && path.endsWith("manifest.jsonl")
        && world.planted().contains(Planted.RELEASED_BEFORE_FED)) {
      world.network().releaseEarly(verified());
    }
    if (host == world.sending() && path.endsWith("/released") && !receiverRebooted) {
      long released = World.number(world.sending(), path, "/to");
      long fed = World.number(world.receiving(), World.RECEIVE_DIRECTORY + "/fed", "/to");
      if (released > fed && world.receiving().disk().find(World.RECEIVE_TOMB) == null) {
        world.violate(
            "chunks below %d are released, but only those below %d are fed", released, fed);
      }
    }
  }

  /** Called when the sender hands out a chunk. */
  public void chunkServed(SimProcess agent, long number) {
    world.trace("%s serves chunk %d", agent, number);
    boolean verified =
        world.receiving().disk().find(World.RECEIVE_DIRECTORY + "/%08d.chunk".formatted(number))
            != null;
    if (verified && !receiverRebooted && !chunkFileDamaged && world.plan().lossPercent() == 0) {
      world.violate("chunk %d is fetched again although it is verified", number);
    }
  }

  void sinkStarted() {
    sinkStarts++;
    sinkBytes = 0;
    if (sinkStarts > 1) {
      world.violate("the sink is started %d times", sinkStarts);
    }
  }

  void sinkTook(byte[] bytes) {
    world.trace("sink reads %d bytes from %d on", bytes.length, sinkBytes);
    for (byte next : bytes) {
      byte right = sinkBytes < world.plan().stream().length ? world.plan().stream()[sinkBytes] : 0;
      byte liars = (byte) (sinkBytes < world.plan().liarFrom() ? right : right + 1);
      sinkHasFirst &= sinkBytes < world.plan().stream().length && next == right;
      sinkHasSecond &= sinkBytes < world.plan().stream().length && next == liars;
      if (!sinkHasFirst && !sinkHasSecond && !sinkIsWrong) {
        sinkIsWrong = true;
        if (!chunkFileDamaged) {
          world.violate("the sink was given a wrong byte at %d", sinkBytes);
        }
      }
      sinkBytes++;
    }
  }

  boolean sinkFailsNow() {
    return sinkBytes >= world.plan().sinkFailsAt();
  }

  void sinkSawTheEnd() {
    world.trace("sink sees the end of its stdin after %d bytes", sinkBytes);
    boolean nobodyLeft =
        world.processes().alive("receive-pump").isEmpty()
            && world.processes().alive("receiver-agent").isEmpty(); // documented
    if (sinkBytes < world.plan().stream().length || sinkIsWrong || !streamHasEnded()) {
      if (!nobodyLeft) {
        world.violate(
            "the sink is told that the stream ended well after %d of %d bytes",
            sinkBytes, world.plan().stream().length);
      }
    }
  }

  private boolean streamHasEnded() {
    return receiverManifest().contains("\"type\":\"end\"");
  }

  private long verified() {
    return receiverManifest().lines().filter(line -> line.contains("\"type\":\"chunk\"")).count();
  }

  private String receiverManifest() {
    Disk.Node manifest = world.receiving().disk().find(World.RECEIVE_DIRECTORY + "/manifest.jsonl");
    return manifest == null ? "" : new String(manifest.content(), StandardCharsets.UTF_8);
  }

  /** Returns whether nothing is left to happen. */
  boolean isOver() {
    return world.sending().disk().find(World.SEND_TOMB) != null
        && world.receiving().disk().find(World.RECEIVE_TOMB) != null
        && world.receiving().disk().find(World.RECEIVE_DIRECTORY) == null
        && world.processes().alive("send-pump").isEmpty()
        && world.processes().alive("receive-pump").isEmpty()
        && world.processes().alive("sink").isEmpty()
        && (world.sending().disk().find(World.SEND_DIRECTORY) == null || isResumable());
  }

  /** Returns the names of what is left. */
  List<String> left() {
    List<String> all = new ArrayList<>(world.sending().disk().children(World.ROOT));
    all.addAll(world.receiving().disk().children(World.ROOT));
    all.addAll(world.sending().disk().children(World.ROOT + "/longhaul-send-ended"));
    all.addAll(world.receiving().disk().children(World.ROOT + "/longhaul-receive-ended"));
    world.processes().all().stream()
        .filter(SimProcess::isAlive)
        .map(SimProcess::name)
        .forEach(all::add);
    return all;
  }

  private boolean isResumable() {
    return World.json(world.sending(), World.SEND_TOMB)
        .map(tomb ->
            tomb.at("/status/state").asText().equals("failed")
                && tomb.at("/status/failure/resumable").asBoolean())
        .orElse(false);
  }

  /** Judges how it ended. */
  void theEnd() {
    JsonNode send = World.json(world.sending(), World.SEND_TOMB).orElseThrow();
    JsonNode receive = World.json(world.receiving(), World.RECEIVE_TOMB).orElseThrow();
    String sent = send.at("/status/state").asText();
    String received = receive.at("/status/state").asText();
    world.trace("send %s, receive %s", sent, received);
    boolean done = received.equals("done");
    if (done != sent.equals("done")) {
      world.violate("the receiver is %s, the sender %s", received, sent);
    }
    if (done && (sinkIsWrong || sinkBytes != world.plan().stream().length)) {
      world.violate("the session is done, the sink has %d bytes", sinkBytes);
    }
    if (!done) {
      FailureKind kind = FailureKind.of(receive.at("/status/failure/kind").asText());
      if (!allowed.contains(kind)) {
        world.violate(
            "the session fails by %s, which no fault explains: %s",
            kind, receive.at("/status/failure/message").asText());
      }
    }
  }

  /** Returns whether the stream was delivered. */
  boolean isDelivered() {
    return World.json(world.receiving(), World.RECEIVE_TOMB)
        .map(tomb -> tomb.at("/status/state").asText().equals("done"))
        .orElse(false);
  }
}
