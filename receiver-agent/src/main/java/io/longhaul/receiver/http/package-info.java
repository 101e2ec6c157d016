/** The HTTP calls of the receiver-agent. */
@NullMarked
package io.longhaul.receiver.http;

import org.jspecify.annotations.NullMarked;
