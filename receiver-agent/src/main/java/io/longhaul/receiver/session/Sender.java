package io.longhaul.receiver.session;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.receiver.pull.SenderClient;
import java.util.Optional;

/** The sender of one session, as this agent's present configuration has it. */
sealed interface Sender {
  /** It can be asked. */
  record Known(SenderClient client) implements Sender {}

  /** The configuration does not name it any more, or its token cannot be read. */
  record Unknown(String why) implements Sender {}

  /** Returns how to tell it the end; empty if it cannot be told. */
  default Optional<Farewell> farewell(Optional<Failure> failure, ReceiveMachine machine) {
    return switch (this) {
      case Known known -> Optional.of(new Farewell(known.client(), failure, machine));
      case Unknown _ -> Optional.empty();
    };
  }

  /** Lets go of connections that a session has used which is over. */
  default void leave() {
    if (this instanceof Known known) {
      known.client().leave();
    }
  }

  /** Returns the sender of a session that exists, whatever the configuration says by now. */
  static Sender of(Senders senders, SpooledReceive spooled) {
    try {
      return new Known(senders.client(spooled.request().peer(), spooled.id()));
    } catch (ProblemException e) {
      return new Unknown(e.getMessage() + "; then restart the receiver-agent");
    }
  }
}
