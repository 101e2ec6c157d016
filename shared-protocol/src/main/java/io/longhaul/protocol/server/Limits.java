package io.longhaul.protocol.server;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code limits} section of an agent's configuration: how much it takes on at a time. The
 * defaults leave room for five transfers of one peer with 96 connections each.
 *
 * @param strangers connections in all that have not yet told whose they are; half as many from one
 *     address. Beyond it the oldest of them goes
 * @param connections connections of one identity
 * @param calls calls of one identity that are being answered at a time, long polls among them,
 *     chunks not
 * @param requestsPerSecond requests of one identity in a second, chunks among them
 * @param sessions sessions that have not ended, whoever made them; each has a pump of its own
 */
public record Limits(
    int strangers, int connections, int calls, int requestsPerSecond, int sessions) {
  /** What holds unless the configuration says otherwise. */
  public static final Limits DEFAULT = new Limits(512, 512, 64, 2000, 32);

  private static final int MOST = 100_000;

  @JsonCreator
  static Limits read(
      @JsonProperty("strangers") Optional<Integer> strangers,
      @JsonProperty("connections") Optional<Integer> connections,
      @JsonProperty("calls") Optional<Integer> calls,
      @JsonProperty("requests-per-second") Optional<Integer> requestsPerSecond,
      @JsonProperty("sessions") Optional<Integer> sessions) {
    return new Limits(
        strangers.orElse(DEFAULT.strangers),
        connections.orElse(DEFAULT.connections),
        calls.orElse(DEFAULT.calls),
        requestsPerSecond.orElse(DEFAULT.requestsPerSecond),
        sessions.orElse(DEFAULT.sessions));
  }

  /** Returns every fault, for the key {@code limits}. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    check(problems, "strangers", strangers, 2);
    check(problems, "connections", connections, 1);
    check(problems, "calls", calls, 1);
    check(problems, "requests-per-second", requestsPerSecond, 1);
    check(problems, "sessions", sessions, 1);
    return problems;
  }

  private static void check(List<String> problems, String key, int value, int least) {
    if (value < least || value > MOST) {
      problems.add("limits." + key + ": must be " + least + " to " + MOST + ", was " + value);
    }
  }
}
