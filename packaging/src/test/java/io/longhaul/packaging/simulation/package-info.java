/**
 * The seeded simulation: the product's own classes of both sides in one thread, under faults. See
 * docs/reliability.md.
 */
@NullMarked
package io.longhaul.packaging.simulation;

import org.jspecify.annotations.NullMarked;
