/** When a job runs. */
@NullMarked
package io.longhaul.coordinator.schedule;

import org.jspecify.annotations.NullMarked;
