/** Jobs as the configuration asks for them, and what is remembered of them. */
@NullMarked
package io.longhaul.coordinator.job;

import org.jspecify.annotations.NullMarked;
