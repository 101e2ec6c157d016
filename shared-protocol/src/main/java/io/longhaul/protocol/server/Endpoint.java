package io.longhaul.protocol.server;

import io.longhaul.protocol.failure.ProblemException;
import java.io.IOException;

/** Answers one kind of call, on a virtual thread: it may wait. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Returns the answer.
   *
   * @throws ProblemException to answer with a problem
   * @throws IOException if the agent's own disk failed; answered with 500 and logged
   */
  Reply answer(ApiCall call) throws ProblemException, IOException, InterruptedException;
}
