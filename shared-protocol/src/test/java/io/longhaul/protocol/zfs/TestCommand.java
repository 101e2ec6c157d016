package io.longhaul.protocol.zfs;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A command that a fixture runs and that must succeed. */
record TestCommand(List<String> words) {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  TestCommand(String command, String... arguments) {
    this(words(command, arguments));
  }

  private static List<String> words(String command, String... arguments) {
    var words = new ArrayList<String>();
    words.add(command);
    words.addAll(List.of(arguments));
    return words;
  }

  /** Returns its stdout; the exception's message holds its stderr. */
  String run() throws IOException {
    return run(LIMIT);
  }

  /** As {@link #run()}; it may take so long. */
  String run(Duration limit) throws IOException {
    var output = new ArrayList<String>();
    try {
      ZfsQuery.Ending ending = new ZfsQuery(words, limit).run(output::add);
      if (ending.exitStatus() != 0) {
        throw new IOException(words + " ended with " + ending);
      }
    } catch (ZfsException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + words, e);
    }
    return String.join("\n", output);
  }
}
