package io.longhaul.coordinator.run;

/**
 * Shows the progress of one session to a person. Thread-safe: an interrupt speaks from its own
 * thread.
 */
public interface Display extends AutoCloseable {
  /** Says something once. */
  void say(String line);

  /** Shows how the session stands; called about twice a second. */
  void show(View view);

  /**
   * Leaves the screen as a person wants it. Nothing is shown afterwards, but {@link #say} still
   * speaks.
   */
  @Override
  void close();
}
