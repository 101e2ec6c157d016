/**
 * What an agent's {@code doctor} looks at: the machine, the files and the peers that a
 * configuration needs. Each check gathers its facts and judges them apart from that.
 */
@NullMarked
package io.longhaul.protocol.doctor;

import org.jspecify.annotations.NullMarked;
