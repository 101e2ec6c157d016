package io.longhaul.protocol.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longhaul.protocol.Json;
import java.io.PrintWriter;
import java.util.List;

/**
 * A doctor's whole report.
 *
 * @param findings one for each check, in the order in which they are read
 */
public record Findings(List<Finding> findings) {
  private static final int WELL = 0;
  private static final int ILL = 1;

  private record Report(boolean ok, List<Finding> checks) {}

  /** Returns 0, or 1 if a check failed; a warning fails nothing. */
  public int exitStatus() {
    return isWell() ? WELL : ILL;
  }

  private boolean isWell() {
    return findings.stream().noneMatch(finding -> finding.verdict() == Verdict.FAIL);
  }

  /** Writes a line for each check, or one JSON object for all. */
  public void print(PrintWriter out, boolean json) {
    if (!json) {
      findings.forEach(out::println);
    } else {
      try {
        out.println(Json.TOLERANT.writeValueAsString(new Report(isWell(), findings)));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a report cannot be written as JSON", e);
      }
    }
    out.flush();
  }
}
