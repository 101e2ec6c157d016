/**
 * What the user asks for and what is to be done about it: facts in, a plan or a conflict out; pure.
 */
@NullMarked
package io.longhaul.coordinator.plan;

import org.jspecify.annotations.NullMarked;
