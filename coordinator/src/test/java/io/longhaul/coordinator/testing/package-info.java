/** Agents and statuses for tests. */
@NullMarked
package io.longhaul.coordinator.testing;

import org.jspecify.annotations.NullMarked;
