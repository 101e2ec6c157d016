/** The sides of a job as agents that are asked over HTTP. */
@NullMarked
package io.longhaul.coordinator.remote;

import org.jspecify.annotations.NullMarked;
