/** The send pump: the process that owns a source's pipe and cuts the stream into sealed chunks. */
@NullMarked
package io.longhaul.sender.pump;

import org.jspecify.annotations.NullMarked;
