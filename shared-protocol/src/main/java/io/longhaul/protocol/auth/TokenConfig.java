package io.longhaul.protocol.auth;

import java.nio.file.Path;

/**
 * One entry of {@code tokens} in an agent's configuration.
 *
 * @param identity the name of whoever presents the token
 * @param file the file that holds the token, readable by the agent's user alone
 * @param admin whether this identity may end sessions of others
 */
public record TokenConfig(String identity, Path file, boolean admin) {}
