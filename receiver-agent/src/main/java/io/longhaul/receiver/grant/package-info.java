/** What the receiver-agent's configuration lets whom write. */
@NullMarked
package io.longhaul.receiver.grant;

import org.jspecify.annotations.NullMarked;
