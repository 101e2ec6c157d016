package io.longhaul.protocol.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of one {@code tls} section, all PEM.
 *
 * @param certificate our certificate, and the intermediate ones after it
 * @param key its private key, PKCS #8, readable by its owner alone
 * @param authority the certificates of the authorities that we believe
 * @param revoked what they have revoked: one list for each authority of a chain
 */
public record TlsConfig(Path certificate, Path key, Path authority, Optional<Path> revoked) {}
