/** What an agent's configuration grants to whom: the parts that both agents share. */
@NullMarked
package io.longhaul.protocol.grant;

import org.jspecify.annotations.NullMarked;
