/** The assembled product: how its image is made. */
@NullMarked
package io.longhaul.packaging;

import org.jspecify.annotations.NullMarked;
