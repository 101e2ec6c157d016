/** What a person or a script gets to see. */
@NullMarked
package io.longhaul.coordinator.show;

import org.jspecify.annotations.NullMarked;
