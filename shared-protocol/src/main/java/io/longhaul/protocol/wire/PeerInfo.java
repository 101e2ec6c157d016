package io.longhaul.protocol.wire;

import java.net.URI;
import java.util.Optional;

/**
 * The answer to {@code GET /v1/peers/{name}}: what a receiver-agent finds when it asks one of its
 * senders who it is.
 *
 * @param name the sender's name in the receiver's configuration
 * @param url where the receiver reaches it
 * @param agent what it answered
 * @param problem why there is no answer
 */
public record PeerInfo(String name, URI url, Optional<AgentInfo> agent, Optional<String> problem) {}
