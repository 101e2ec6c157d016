package io.longhaul.protocol.doctor;

import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.zfs.DatasetName;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What an agent's configuration needs of its machine and its peers.
 *
 * @param role which side of a session it serves
 * @param listen where it listens and whom it serves
 * @param spool where it spools
 * @param zfs how it runs {@code zfs}
 * @param roots the datasets that it is to read, or to receive below
 * @param streams the programs of its named streams
 * @param tls who it is where it connects
 * @param peers whom it connects to
 */
public record Setup(
    Role role,
    Listen listen,
    SpoolConfig spool,
    ZfsConfig zfs,
    SortedSet<DatasetName> roots,
    Map<String, Command> streams,
    Optional<TlsConfig> tls,
    Map<String, AgentAddress> peers) {}
