/** The HTTP server edge that both agents share. */
@NullMarked
package io.longhaul.protocol.server;

import org.jspecify.annotations.NullMarked;
