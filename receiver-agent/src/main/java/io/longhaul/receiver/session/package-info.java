/** Receive sessions: their life, their limits and their end. */
@NullMarked
package io.longhaul.receiver.session;

import org.jspecify.annotations.NullMarked;
