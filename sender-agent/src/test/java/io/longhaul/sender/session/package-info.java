@NullMarked
package io.longhaul.sender.session;

import org.jspecify.annotations.NullMarked;
