package io.longhaul.coordinator.plan;

import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.ZfsSend;

/**
 * A wish that makes sense, in the words of the agents.
 *
 * @param wish what was asked for
 * @param source what the sender-agent is to send
 * @param sink where the receiver-agent is to put it
 */
public record Transfer(Wish wish, SourceSpec source, SinkSpec sink) {

  /**
   * @throws IllegalArgumentException if the agents would refuse a size, a limit or a label
   */
  public Transfer {
    var _ = request(wish, source, wish.target().agent()); // the request knows its own limits
  }

  private static SendRequest request(Wish wish, SourceSpec source, String reader) {
    return new SendRequest(
        source, reader, wish.chunkBytes(), wish.digests(), wish.limits(), wish.labels());
  }

  /**
   * Translates a wish.
   *
   * @throws IllegalArgumentException if it makes no sense; the message says why
   */
  public static Transfer of(Wish wish) {
    return switch (wish.source().place()) {
      case Endpoint.Place.Dataset dataset -> dataset(wish, dataset);
      case Endpoint.Place.Stream stream -> stream(wish, stream);
    };
  }

  private static Transfer dataset(Wish wish, Endpoint.Place.Dataset from) {
    String snapshot =
        from.snapshot()
            .orElseThrow(() ->
                refused(
                    wish,
                    "the source names no snapshot; write "
                        + wish.source()
                        + "@SNAPSHOT; zfs list -t snapshot shows them"));
    ZfsSend send =
        new ZfsSend(
            from.name().at(snapshot),
            wish.base(),
            wish.intermediates(),
            wish.replicate(),
            wish.raw());
    SinkSpec sink =
        switch (wish.target().place()) {
          case Endpoint.Place.Dataset to -> zfsSink(wish, to, snapshot);
          case Endpoint.Place.Stream to -> new SinkSpec.Stream(unforced(wish, to));
        };
    return new Transfer(wish, new SourceSpec.Zfs(send), sink);
  }

  private static SinkSpec zfsSink(Wish wish, Endpoint.Place.Dataset to, String snapshot) {
    if (to.snapshot().isPresent()) {
      throw refused(
          wish,
          "the target names a snapshot; write only " + wish.target().agent() + ":" + to.name());
    }
    return new SinkSpec.Zfs(to.name(), wish.force(), wish.base().isPresent(), snapshot);
  }

  private static Transfer stream(Wish wish, Endpoint.Place.Stream from) {
    if (wish.base().isPresent() || wish.intermediates() || wish.replicate() || wish.raw()) {
      throw refused(
          wish,
          "--from, --intermediates, --replicate and --raw are for a dataset, not for a named stream");
    }
    return switch (wish.target().place()) {
      case Endpoint.Place.Stream to ->
          new Transfer(
              wish, new SourceSpec.Stream(from.name()), new SinkSpec.Stream(unforced(wish, to)));
      case Endpoint.Place.Dataset to ->
          throw refused(
              wish,
              "nobody can tell whether "
                  + to
                  + " then holds what a named stream sent;"
                  + " name a stream of the target's agent instead: "
                  + wish.target().agent()
                  + "::NAME");
    };
  }

  private static String unforced(Wish wish, Endpoint.Place.Stream to) {
    if (wish.force()) {
      throw refused(wish, "--force is for a target dataset, not for a named stream");
    }
    return to.name();
  }

  private static IllegalArgumentException refused(Wish wish, String why) {
    return new IllegalArgumentException(
        "Tried to send " + wish.source() + " to " + wish.target() + " but " + why);
  }

  /** Returns the request to the sender-agent, which knows the receiver-agent as {@code reader}. */
  public SendRequest sendRequest(String reader) {
    return request(wish, source, reader);
  }

  /** Returns the request to the receiver-agent. */
  public ReceiveRequest receiveRequest() {
    return new ReceiveRequest(sink, wish.source().agent(), wish.limits(), wish.labels());
  }
}
