/** The command that starts, watches and ends sessions. */
@NullMarked
package io.longhaul.coordinator;

import org.jspecify.annotations.NullMarked;
