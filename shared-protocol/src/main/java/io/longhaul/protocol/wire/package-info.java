/** The JSON records of the HTTP API. */
@NullMarked
package io.longhaul.protocol.wire;

import org.jspecify.annotations.NullMarked;
