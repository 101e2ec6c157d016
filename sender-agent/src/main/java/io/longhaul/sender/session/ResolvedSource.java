package io.longhaul.sender.session;

import io.longhaul.protocol.pipe.Command;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A source that can be started here.
 *
 * @param command what to run
 * @param successCodes its exit statuses that count as success
 * @param guid the GUID of the snapshot, for ZFS
 * @param estimateBytes the expected length of the stream, where the source can tell
 * @param repeatable whether, started again, it gives the same bytes
 * @param zfs whether its messages are those of ZFS
 */
record ResolvedSource(
    Command command,
    Set<Integer> successCodes,
    Optional<String> guid,
    OptionalLong estimateBytes,
    boolean repeatable,
    boolean zfs) {}
