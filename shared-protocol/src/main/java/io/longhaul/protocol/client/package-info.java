/** The HTTP client edge for JSON calls to an agent. */
@NullMarked
package io.longhaul.protocol.client;

import org.jspecify.annotations.NullMarked;
