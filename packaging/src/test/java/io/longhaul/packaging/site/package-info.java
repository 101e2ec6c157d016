/**
 * What the system tests and the benchmarks run on: the image, a sending and a receiving site, a
 * link.
 */
@NullMarked
package io.longhaul.packaging.site;

import org.jspecify.annotations.NullMarked;
