@NullMarked
package io.longhaul.sender.http;

import org.jspecify.annotations.NullMarked;
