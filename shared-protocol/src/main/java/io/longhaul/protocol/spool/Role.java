package io.longhaul.protocol.spool;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which side of a session a spool belongs to. */
public enum Role {
  /** The sending side. */
  SEND,
  /** The receiving side. */
  RECEIVE;

  /**
   * Returns the role written as {@code send} or {@code receive}.
   *
   * @throws IllegalArgumentException for anything else
   */
  @JsonCreator
  public static Role of(String text) {
    return switch (text) {
      case "send" -> SEND;
      case "receive" -> RECEIVE;
      default ->
          throw new IllegalArgumentException("a role must be send or receive, was '" + text + "'");
    };
  }

  /** Returns the name of the agent that serves this side, for messages. */
  public String agent() {
    return switch (this) {
      case SEND -> "sender-agent";
      case RECEIVE -> "receiver-agent";
    };
  }

  /** Returns the text form, which is also part of directory names. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
