/** Starting a session and watching it to its end. */
@NullMarked
package io.longhaul.coordinator.run;

import org.jspecify.annotations.NullMarked;
