/** Manual pages and shell completion, written at build time from the commands themselves. */
@NullMarked
package io.longhaul.packaging.manual;

import org.jspecify.annotations.NullMarked;
