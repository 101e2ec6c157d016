/** Files that are whole or absent, whatever happens meanwhile. */
@NullMarked
package io.longhaul.protocol.durable;

import org.jspecify.annotations.NullMarked;
