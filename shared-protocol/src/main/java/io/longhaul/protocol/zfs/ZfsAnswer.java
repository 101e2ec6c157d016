package io.longhaul.protocol.zfs;

import java.util.List;
import java.util.Optional;

/** What one run of a {@code zfs} command said. */
record ZfsAnswer(List<String> command, int status, List<String> output, String stderr) {

  /** Its lines, if it succeeded. */
  List<String> lines() throws ZfsException {
    if (status != 0) {
      throw failure();
    }
    return output;
  }

  /** Its lines if it succeeded; empty if it said that there is no such dataset or snapshot. */
  Optional<List<String>> linesIfThere() throws ZfsException {
    if (status != 0 && ZfsError.classify(stderr) == ZfsError.NO_SUCH_DATASET) {
      return Optional.empty();
    }
    return Optional.of(lines());
  }

  ZfsException failure() {
    return ZfsException.failed(command, status, stderr);
  }
}
