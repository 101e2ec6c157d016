/** The process that feeds verified chunks to the sink. */
@NullMarked
package io.longhaul.receiver.pump;

import org.jspecify.annotations.NullMarked;
