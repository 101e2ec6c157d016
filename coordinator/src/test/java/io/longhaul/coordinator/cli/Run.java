package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CoordinatorMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * One run of the command line, as the shell sees it.
 *
 * @param exit the exit status
 * @param out what came on standard output
 * @param err what came on standard error
 */
record Run(int exit, String out, String err) {
  static Run of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = CoordinatorMain.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int exit = line.execute(args);
    return new Run(exit, out.toString(), err.toString());
  }
}
