package io.longhaul.packaging.site;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text under headings, the first column to the left and the others to the right. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  /** Begins a table. */
  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  /** Adds a row with as many cells as there are headings. */
  public Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** Returns a number with one digit after the point. */
  public static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Returns a number with two digits after the point. */
  public static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  /** Prints the table as Markdown. */
  public void print(PrintStream out) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    out.println();
    for (int i = 0; i < rows.size(); i++) {
      out.println(line(rows.get(i), widths));
      if (i == 0) {
        out.println(rule(widths));
      }
    }
    out.println();
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(' ');
      line.append(i == 0 ? row.get(i) + padding : padding + row.get(i));
      line.append(" |");
    }
    return line.toString();
  }

  private static String rule(int[] widths) {
    var rule = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      rule.append(' ');
      rule.append(i == 0 ? "-".repeat(widths[i]) : "-".repeat(widths[i] - 1) + ":");
      rule.append(" |");
    }
    return rule.toString();
  }
}
