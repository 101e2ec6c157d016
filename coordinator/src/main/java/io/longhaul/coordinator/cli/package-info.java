/** The commands that people type, one class each. */
@NullMarked
package io.longhaul.coordinator.cli;

import org.jspecify.annotations.NullMarked;
