package io.longhaul.protocol.auth;

import io.longhaul.protocol.failure.ProblemException;

/** Tells who asks. Every request is asked about, also one on a connection that is known. */
public sealed interface Authenticator permits TokenAuthenticator, CertificateAuthenticator {
  /**
   * Returns who presents this.
   *
   * @throws ProblemException if nobody we know
   */
  Identity identify(Presented presented) throws ProblemException;
}
