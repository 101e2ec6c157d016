package io.longhaul.coordinator.run;

import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person should be told, once, when one view follows another. Pure. */
final class Notices {
  private Notices() {}

  /** Returns the lines to say, oldest first; mostly none. */
  static List<String> between(Session session, View before, View now) {
    List<String> lines = new ArrayList<>();
    agent(session.receiver().map(Object::toString), before, now, before.receive(), now.receive())
        .ifPresent(lines::add);
    agent(session.sender().map(Object::toString), before, now, before.send(), now.send())
        .ifPresent(lines::add);
    peer(before, now).ifPresent(lines::add);
    repeating(before, now).ifPresent(lines::add);
    paused("sending", state(before.send()), now.send().status().map(Notices::pauseOfSend))
        .ifPresent(lines::add);
    paused("receiving", stateReceive(before), now.receive().status().map(Notices::pauseOfReceive))
        .ifPresent(lines::add);
    return lines;
  }

  private static Optional<String> agent(
      Optional<String> who, View before, View now, Sight<?> was, Sight<?> is) {
    String name = who.orElse("an agent");
    Optional<Duration> wasAway = was.away(before.nowNanos());
    if (wasAway.isEmpty() && is.away(now.nowNanos()).isPresent()) {
      return Optional.of(
          "the "
              + name
              + " does not answer the coordinator; still asking. "
              + is.trouble().orElse(""));
    }
    if (wasAway.isPresent() && is.awaySinceNanos().isEmpty()) {
      return Optional.of(
          "the "
              + name
              + " answers again after "
              + TimeSpan.display(was.away(now.nowNanos()).orElseThrow()));
    }
    return !was.gone() && is.gone()
        ? Optional.of("the " + name + " does not know this session any more")
        : Optional.empty();
  }

  private static Optional<String> peer(View before, View now) {
    Optional<Duration> was = before.senderAway();
    boolean away = now.senderAway().isPresent();
    if (was.isEmpty() && away) {
      return Optional.of("the receiver does not reach the sender; the sink waits, nothing is lost");
    }
    if (was.isPresent() && !away && now.receive().status().isPresent()) {
      return Optional.of("the receiver reaches the sender again; going on where it stood");
    }
    return Optional.empty();
  }

  private static Optional<String> repeating(View before, View now) {
    boolean was = before.repeatedBytes().isPresent();
    boolean is = now.repeatedBytes().isPresent();
    if (is && !was) {
      return Optional.of(
          "the source was cut short and is started again; its stream is compared with what was sent"
              + " before, and not sent twice");
    }
    return was && !is && now.send().status().isPresent()
        ? Optional.of("the source is where it was; going on")
        : Optional.empty();
  }

  private record Pause(SessionState state, String why) {}

  private static Pause pauseOfSend(SendStatus status) {
    return new Pause(status.state(), status.failure().map(f -> ": " + f.message()).orElse(""));
  }

  private static Pause pauseOfReceive(ReceiveStatus status) {
    return new Pause(status.state(), status.failure().map(f -> ": " + f.message()).orElse(""));
  }

  private static Optional<SessionState> state(Sight<SendStatus> sight) {
    return sight.status().map(SendStatus::state);
  }

  private static Optional<SessionState> stateReceive(View view) {
    return view.receive().status().map(ReceiveStatus::state);
  }

  private static Optional<String> paused(
      String side, Optional<SessionState> before, Optional<Pause> now) {
    boolean was = before.filter(s -> s == SessionState.PAUSED).isPresent();
    boolean is = now.filter(p -> p.state() == SessionState.PAUSED).isPresent();
    if (is && !was) {
      return Optional.of("the " + side + " side is paused" + now.map(Pause::why).orElse(""));
    }
    return was && !is ? Optional.of("the " + side + " side goes on") : Optional.empty();
  }
}
