@NullMarked
package io.longhaul.sender.pump;

import org.jspecify.annotations.NullMarked;
