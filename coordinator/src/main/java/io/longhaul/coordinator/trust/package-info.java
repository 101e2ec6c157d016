/** A private authority: the certificates by which agents and coordinators know each other. */
@NullMarked
package io.longhaul.coordinator.trust;

import org.jspecify.annotations.NullMarked;
