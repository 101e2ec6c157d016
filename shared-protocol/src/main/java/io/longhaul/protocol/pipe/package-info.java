/** Child processes and the pipes between them and us. */
@NullMarked
package io.longhaul.protocol.pipe;

import org.jspecify.annotations.NullMarked;
