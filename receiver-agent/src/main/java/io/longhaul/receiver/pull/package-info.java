/**
 * Pulls the chunks of a session from its sender into the spool: ranges, connections, digests,
 * retries.
 */
@NullMarked
package io.longhaul.receiver.pull;

import org.jspecify.annotations.NullMarked;
