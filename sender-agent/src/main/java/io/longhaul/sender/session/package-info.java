/** Send sessions: what the agent knows of a stream, from its creation to its tombstone. */
@NullMarked
package io.longhaul.sender.session;

import org.jspecify.annotations.NullMarked;
