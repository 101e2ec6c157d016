package io.longhaul.receiver.session;

import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.time.Instant;

/**
 * The tombstone of a receive session: a repeated request is answered from it.
 *
 * @param ended when, by the agent's wall clock
 * @param request what made the session
 * @param creator who asked for it
 * @param status how it ended
 */
record EndedReceive(Instant ended, ReceiveRequest request, String creator, ReceiveStatus status) {}
