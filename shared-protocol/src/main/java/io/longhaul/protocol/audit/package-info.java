/** The audit log of an agent: who did what, was refused what, and what came of it. */
@NullMarked
package io.longhaul.protocol.audit;

import org.jspecify.annotations.NullMarked;
