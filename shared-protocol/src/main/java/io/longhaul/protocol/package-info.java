/** What both sides of a session must agree on: ids, ranges, versions, JSON and paths. */
@NullMarked
package io.longhaul.protocol;

import org.jspecify.annotations.NullMarked;
