/** The agents that the coordinator talks to. */
@NullMarked
package io.longhaul.coordinator.agent;

import org.jspecify.annotations.NullMarked;
