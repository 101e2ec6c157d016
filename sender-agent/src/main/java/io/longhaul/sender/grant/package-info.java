/** What the sender-agent's configuration lets whom send and read. */
@NullMarked
package io.longhaul.sender.grant;

import org.jspecify.annotations.NullMarked;
