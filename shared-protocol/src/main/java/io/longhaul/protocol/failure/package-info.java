/** What went wrong, how far it reaches, and whether to try again. */
@NullMarked
package io.longhaul.protocol.failure;

import org.jspecify.annotations.NullMarked;
