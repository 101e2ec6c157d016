package io.longhaul.protocol.audit;

/**
 * Who asks, and from where.
 *
 * @param identity the name of an identity
 * @param address the other end of the connection; behind a proxy, the proxy's
 */
public record Asker(String identity, String address) {}
