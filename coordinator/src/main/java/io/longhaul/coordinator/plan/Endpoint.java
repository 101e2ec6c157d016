package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.DatasetName;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One end of a transfer as people write it: {@code AGENT:DATASET[@SNAPSHOT]} as in scp, or {@code
 * AGENT::NAME} for a named stream, as rsync names a module.
 *
 * @param agent the agent's name in the coordinator's configuration
 * @param place what is meant there
 */
public record Endpoint(String agent, Place place) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final String FORMS =
      "write AGENT:DATASET[@SNAPSHOT], such as office:tank/vm@daily, or AGENT::NAME for a stream that"
          + " the agent's configuration names, such as office::pg-main";

  /** What an endpoint means on its agent. */
  public sealed interface Place {
    /** A dataset, or one of its snapshots. */
    record Dataset(DatasetName name, Optional<String> snapshot) implements Place {
      @Override
      public String toString() {
        return name + snapshot.map(s -> "@" + s).orElse("");
      }
    }

    /** A stream that the agent's configuration names. */
    record Stream(String name) implements Place {
      @Override
      public String toString() {
        return ":" + name;
      }
    }
  }

  /**
   * Reads an endpoint.
   *
   * @throws IllegalArgumentException if it is none; the message says why and what to write
   */
  public static Endpoint parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw refused(text, "it names no agent");
    }
    String agent = text.substring(0, colon);
    if (!isAgentName(agent)) {
      throw refused(text, "'" + agent + "' cannot be the name of an agent");
    }
    String place = text.substring(colon + 1);
    return new Endpoint(agent, place.startsWith(":") ? stream(text, place) : dataset(text, place));
  }

  /** Returns whether an agent may have this name. */
  public static boolean isAgentName(String name) {
    return NAME.matcher(name).matches();
  }

  private static Place stream(String text, String place) {
    String name = place.substring(1);
    if (!NAME.matcher(name).matches()) {
      throw refused(text, "'" + name + "' cannot be the name of a stream");
    }
    return new Place.Stream(name);
  }

  private static Place dataset(String text, String place) {
    int at = place.indexOf('@');
    try {
      DatasetName name = DatasetName.parse(at < 0 ? place : place.substring(0, at));
      if (at < 0) {
        return new Place.Dataset(name, Optional.empty());
      }
      return new Place.Dataset(name, Optional.of(name.at(place.substring(at + 1)).name()));
    } catch (IllegalArgumentException e) {
      throw refused(text, String.valueOf(e.getMessage()));
    }
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException(
        "Tried to read '" + text + "' as an endpoint but " + why + "; " + FORMS);
  }

  /** Returns the endpoint as people write it. */
  @Override
  public String toString() {
    return agent + ":" + place;
  }
}
