package io.longhaul.protocol.zfs;

import java.util.Optional;

/**
 * What became of a list of changes.
 *
 * @param done how many of them are done, from the first on
 * @param failure why the next was not; empty if all are done
 */
public record ChangeResult(int done, Optional<ZfsException> failure) {}
