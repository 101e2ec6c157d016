/** The daemon: runs the jobs of the configuration when it is time. */
@NullMarked
package io.longhaul.coordinator.daemon;

import org.jspecify.annotations.NullMarked;
