/** Chunks, their digests, and the manifest that lists them. */
@NullMarked
package io.longhaul.protocol.chunk;

import org.jspecify.annotations.NullMarked;
