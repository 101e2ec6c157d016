/** Tests of the puller, against faults and against a sender over real HTTP. */
@NullMarked
package io.longhaul.receiver.pull;

import org.jspecify.annotations.NullMarked;
