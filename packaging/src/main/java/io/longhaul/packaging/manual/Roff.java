package io.longhaul.packaging.manual;

import java.util.Locale;

/**
 * Text in the language of {@code man(7)}, built from top to bottom. Not for use by several threads.
 */
final class Roff {

  private final StringBuilder text = new StringBuilder();

  /** The first line of a page in section 1 of the manual. */
  Roff title(String name, String product) {
    text.append(
        ".TH \"%s\" 1 \"\" \"%s\" \"\"\n"
            .formatted(escape(name.toUpperCase(Locale.ROOT)), escape(product)));
    text.append(".nh\n"); // a hyphen in an option's name must be one that was typed
    return this;
  }

  Roff section(String name) {
    text.append(".SH ").append(escape(name.toUpperCase(Locale.ROOT))).append('\n');
    return this;
  }

  /** Filled text; every line break and every blank line of {@code lines} stays. */
  Roff text(String lines) {
    String before = "";
    for (String line : lines.strip().split("\n", -1)) {
      if (line.isBlank()) {
        before = ".PP\n";
        continue;
      }
      text.append(before).append(escape(line.strip())).append('\n');
      before = ".br\n";
    }
    return this;
  }

  /** Text exactly as it stands: a synopsis, an example. */
  Roff verbatim(String lines) {
    text.append(".nf\n");
    lines.stripTrailing().lines().forEach(line -> text.append(escape(line)).append('\n'));
    text.append(".fi\n");
    return this;
  }

  /** A bold term and what it means, indented below it. */
  Roff term(String term, String meaning) {
    text.append(".TP\n\\fB").append(escape(term)).append("\\fR\n");
    return text(meaning);
  }

  /** {@code line} with everything that roff would read as its own made literal. */
  static String escape(String line) {
    String literal = line.replace("\\", "\\e").replace("-", "\\-");
    return literal.startsWith(".") || literal.startsWith("'") ? "\\&" + literal : literal;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
