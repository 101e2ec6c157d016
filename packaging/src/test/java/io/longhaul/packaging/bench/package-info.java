/**
 * Programs that measure the assembled product beside what one would use without it. They print
 * tables.
 */
@NullMarked
package io.longhaul.packaging.bench;

import org.jspecify.annotations.NullMarked;
