/** What the user's words ask for; pure. */
@NullMarked
package io.longhaul.coordinator.plan;

import org.jspecify.annotations.NullMarked;
