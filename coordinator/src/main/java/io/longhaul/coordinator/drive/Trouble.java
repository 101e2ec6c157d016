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

  private final Cure cure;
  private final boolean peer;

  private Trouble(Cure cure, boolean peer, String message) {
    super(message);
    this.cure = cure;
    this.peer = peer;
  }

  /** Trouble of one dataset; the others are not affected. */
  public static Trouble ofDataset(Cure cure, String message) {
    return new Trouble(cure, false, message);
  }

  /** An agent does not answer, or answers nobody: whatever is asked of it now will fail. */
  public static Trouble ofPeer(String message) {
    return new Trouble(Cure.LATER, true, message);
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
