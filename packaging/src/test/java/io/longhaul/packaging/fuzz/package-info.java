/** Requests and files that nobody in his right mind would send, by the thousand, from seeds. */
@NullMarked
package io.longhaul.packaging.fuzz;

import org.jspecify.annotations.NullMarked;
