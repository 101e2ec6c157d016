package io.longhaul.protocol.wire;

import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.spool.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The answer to {@code GET /v1/agent}.
 *
 * @param name the agent's name in its own configuration
 * @param role which side of a session it serves
 * @param software name and version, for people
 * @param protocol the API versions that it speaks
 * @param capabilities what it can do beyond version 1, and what it has found on its machine; a name
 *     that the reader does not know is of no interest to it
 * @param identity the identity under which it knows the asker
 * @param spoolLimitBytes the most that one session may spool
 * @param zfs the version of the ZFS it uses, if it works
 * @param certificateExpires when its certificate expires, if it serves TLS
 * @param warnings what its administrator should know, such as plain HTTP on an open address
 */
public record AgentInfo(
    String name,
    Role role,
    String software,
    ProtocolVersion protocol,
    List<String> capabilities,
    String identity,
    long spoolLimitBytes,
    Optional<String> zfs,
    Optional<Instant> certificateExpires,
    List<String> warnings) {}
