@NullMarked
package io.longhaul.sender;

import org.jspecify.annotations.NullMarked;
