/**
 * ZFS as Longhaul sees it: names checked by its own rules, a closed list of send and receive flags,
 * short questions to the {@code zfs} command, and what its messages mean.
 *
 * <p>Nothing here carries a stream: the pumps start the commands that are built here.
 */
@NullMarked
package io.longhaul.protocol.zfs;

import org.jspecify.annotations.NullMarked;
