package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What an incremental stream starts from: a snapshot {@code @name} or a bookmark {@code #name} of
 * the dataset that is sent.
 *
 * @param name what stands after the {@code @} or {@code #}
 */
public record SendBase(Kind kind, String name) {

  /** What the base is; a bookmark keeps a snapshot's identity without its data. */
  public enum Kind {
    SNAPSHOT("@"),
    BOOKMARK("#");

    private final String mark;

    Kind(String mark) {
      this.mark = mark;
    }
  }

  /**
   * @throws IllegalArgumentException if OpenZFS would not accept the name; the message says why
   */
  public SendBase {
    String whole = kind.mark + name;
    NameRules.checkLength(whole, "base");
    NameRules.checkComponent(name, "base", whole);
  }

  /**
   * Reads {@code @snapshot} or {@code #bookmark}.
   *
   * @throws IllegalArgumentException if it is neither; the message says why
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SendBase parse(String base) {
    for (Kind kind : Kind.values()) {
      if (base.startsWith(kind.mark)) {
        return new SendBase(kind, base.substring(kind.mark.length()));
      }
    }
    throw NameRules.refused("base", base, "it is neither @SNAPSHOT nor #BOOKMARK");
  }

  /**
   * Returns the short form, {@code @snapshot} or {@code #bookmark}, that {@code zfs send} takes.
   */
  @Override
  @JsonValue
  public String toString() {
    return kind.mark + name;
  }
}
