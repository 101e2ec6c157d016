/** TLS 1.3 with a certificate on both sides: who we are, whom we believe, and files that change. */
@NullMarked
package io.longhaul.protocol.tls;

import org.jspecify.annotations.NullMarked;
