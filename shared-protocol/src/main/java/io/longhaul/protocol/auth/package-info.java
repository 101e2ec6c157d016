/** Who is asking, and how they prove it. */
@NullMarked
package io.longhaul.protocol.auth;

import org.jspecify.annotations.NullMarked;
