/** The session directory that a pump and its agent share. */
@NullMarked
package io.longhaul.protocol.spool;

import org.jspecify.annotations.NullMarked;
