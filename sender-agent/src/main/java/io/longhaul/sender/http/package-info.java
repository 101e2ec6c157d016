/** The sender-agent's side of the HTTP API. */
@NullMarked
package io.longhaul.sender.http;

import org.jspecify.annotations.NullMarked;
