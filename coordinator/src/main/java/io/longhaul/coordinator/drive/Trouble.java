package io.longhaul.coordinator.drive;

/** Something that a run wanted done was not done, or nobody knows whether it was. */
public final class Trouble extends Exception {
  private static final long serialVersionUID = 1L;

  /** What helps. */
  public enum Cure {
    /** To try it again later. */
    LATER,
    /** To look again and plan anew: the facts have changed since. */
    PLAN,
    /** To drop what an interrupted receive left, for its token is dead; then to plan anew. */
    DROP_PARTIAL,
    /**
     * To try it again later; if it fails so from the very same token, to drop what an interrupted
     * receive left.
     */
    SUSPECT_PARTIAL,
    /** A person. */
    PERSON
  }

  private static final String FAILED = "failed";

  private final Cure cure;
  private final boolean peer;
  private final String code;

  private Trouble(Cure cure, boolean peer, String code, String message) {
    super(message);
    this.cure = cure;
    this.peer = peer;
    this.code = code;
  }

  /** Trouble of one dataset; the others are not affected. */
  public static Trouble ofDataset(Cure cure, String message) {
    return new Trouble(cure, false, FAILED, message);
  }

  /** A stream stood still for longer than it may. */
  public static Trouble stalled(String message) {
    return new Trouble(Cure.LATER, false, Outcome.STALLED, message);
  }

  /** A stream was out of reach for longer than it may; it is suspended, not lost. */
  public static Trouble suspended(String message) {
    return new Trouble(Cure.PERSON, false, Outcome.UNREACHABLE, message);
  }

  /** An agent does not answer, or answers nobody: whatever is asked of it now will fail. */
  public static Trouble ofPeer(String message) {
    return new Trouble(Cure.LATER, true, FAILED, message);
  }

  /** Returns a stable word for it, as {@link Outcome#code}. */
  public String code() {
    return code;
  }

  /** Returns what helps. */
  public Cure cure() {
    return cure;
  }

  /** Returns whether all datasets are affected. */
  public boolean isOfPeer() {
    return peer;
  }

  /** Returns the message. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
