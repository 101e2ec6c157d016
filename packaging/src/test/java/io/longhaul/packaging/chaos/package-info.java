/** Breaks a real transfer of the assembled product again and again, and looks what is lost. */
@NullMarked
package io.longhaul.packaging.chaos;

import org.jspecify.annotations.NullMarked;
