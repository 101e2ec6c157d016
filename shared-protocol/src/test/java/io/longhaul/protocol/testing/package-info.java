/** What the tests of several modules share. */
@NullMarked
package io.longhaul.protocol.testing;

import org.jspecify.annotations.NullMarked;
