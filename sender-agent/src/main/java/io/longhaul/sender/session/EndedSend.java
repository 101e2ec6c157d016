package io.longhaul.sender.session;

import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import java.time.Instant;

/**
 * The tombstone of a send session: a repeated request is answered from it.
 *
 * @param ended when, by the agent's wall clock
 * @param request what made the session
 * @param creator who asked for it
 * @param status how it ended
 */
record EndedSend(Instant ended, SendRequest request, String creator, SendStatus status) {}
