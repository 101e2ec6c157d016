/** The receiving side: the agent's entry point and configuration. */
@NullMarked
package io.longhaul.receiver;

import org.jspecify.annotations.NullMarked;
