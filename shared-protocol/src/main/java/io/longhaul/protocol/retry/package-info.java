/** How long to wait before the next try. */
@NullMarked
package io.longhaul.protocol.retry;

import org.jspecify.annotations.NullMarked;
