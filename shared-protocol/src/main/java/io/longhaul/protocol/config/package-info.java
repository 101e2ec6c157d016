/** Strict YAML configuration and the values people write in it. */
@NullMarked
package io.longhaul.protocol.config;

import org.jspecify.annotations.NullMarked;
