package io.longhaul.sender.pump;

/** What the pump's main thread is told by the other threads. */
sealed interface PumpEvent {
  /** The next bytes of the stream. */
  record Read(Block block) implements PumpEvent {}

  /** The pipe is at its end: nobody has its writing end open. */
  record EndOfFile() implements PumpEvent {}

  /** The digests of a chunk are there. */
  record Hashed() implements PumpEvent {}

  /** The source has ended; a signal n counts as 128 + n. */
  record Exited(int status) implements PumpEvent {}

  /** A thread of the pump failed. */
  record Broken(Exception cause) implements PumpEvent {}
}
