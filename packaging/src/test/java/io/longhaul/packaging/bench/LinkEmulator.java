package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Place;

/** A wide-area link between two places on this machine. */
interface LinkEmulator extends AutoCloseable {
  /** Returns the sending end. */
  Place a();

  /** Returns the receiving end. */
  Place b();

  /** Takes the link away; the processes at its ends must have ended. */
  @Override
  void close() throws java.io.IOException;
}
