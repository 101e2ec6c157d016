/** The ZFS contract, its fake, and pools of real ZFS for tests. */
@NullMarked
package io.longhaul.protocol.zfs;

import org.jspecify.annotations.NullMarked;
