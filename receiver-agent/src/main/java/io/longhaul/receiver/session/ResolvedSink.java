package io.longhaul.receiver.session;

import io.longhaul.protocol.pipe.Command;
import java.util.Optional;

/**
 * A sink that can be started here.
 *
 * @param command what to run
 * @param file the file that it writes, if a file is the sink
 */
record ResolvedSink(Command command, Optional<FileSink> file) {
  static ResolvedSink of(Command command) {
    return new ResolvedSink(command, Optional.empty());
  }

  static ResolvedSink of(FileSink file) {
    return new ResolvedSink(file.command(), Optional.of(file));
  }
}
