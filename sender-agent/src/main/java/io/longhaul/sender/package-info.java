/** The sending side: the agent's entry point and configuration. */
@NullMarked
package io.longhaul.sender;

import org.jspecify.annotations.NullMarked;
