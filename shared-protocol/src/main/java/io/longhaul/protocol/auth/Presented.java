package io.longhaul.protocol.auth;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What came with a request to prove who asks.
 *
 * @param authorization its {@code Authorization} header
 * @param certificates what was shown at the handshake of its connection, the asker's own first;
 *     empty without TLS
 */
public record Presented(Optional<String> authorization, List<X509Certificate> certificates) {}
