/** Carrying out the plan of a job: many datasets, with all that can go wrong. */
@NullMarked
package io.longhaul.coordinator.drive;

import org.jspecify.annotations.NullMarked;
