package io.longhaul.packaging.manual;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of one command.
 *
 * @param name the page's name: the command and its parents joined by hyphens, as git names its
 *     pages
 * @param roff the page for {@code man(1)}
 */
record ManualPage(String name, String roff) {

  /* Wide enough that picocli breaks no line: man(1) fills them. */
  private static final int UNBROKEN_COLUMNS = 2000;

  /** The pages of {@code command} and of every command below it that is not hidden. */
  static List<ManualPage> all(CommandLine command) {
    var pages = new ArrayList<ManualPage>();
    pages.add(of(command));
    for (CommandLine child : visible(command)) {
      pages.addAll(all(child));
    }
    return pages;
  }

  private static ManualPage of(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    String name = spec.qualifiedName("-");
    command.setUsageHelpWidth(UNBROKEN_COLUMNS);
    CommandLine.Help help =
        new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(Ansi.OFF));
    String summary = help.description().strip().lines().findFirst().orElse(name);

    var roff = new Roff().title(name, "Longhaul");
    roff.section("name").text(name + " - " + summary);
    roff.section("synopsis").text(help.synopsis(0));
    roff.section("description").text(help.description());
    arguments(spec, roff);
    options(spec, roff);
    commands(command, roff);
    exitStatus(spec, roff);
    if (!help.footer().isBlank()) {
      roff.section(heading(help.footerHeading(), "notes")).verbatim(help.footer());
    }
    return new ManualPage(name, roff.toString());
  }

  private static void arguments(CommandSpec spec, Roff roff) {
    List<PositionalParamSpec> shown =
        spec.positionalParameters().stream().filter(argument -> !argument.hidden()).toList();
    if (shown.isEmpty()) {
      return;
    }
    roff.section("arguments");
    shown.forEach(argument -> roff.term(argument.paramLabel(), meaning(argument)));
  }

  private static void options(CommandSpec spec, Roff roff) {
    List<OptionSpec> shown = spec.options().stream().filter(option -> !option.hidden()).toList();
    if (shown.isEmpty()) {
      return;
    }
    roff.section("options");
    for (OptionSpec option : shown) {
      String names = String.join(", ", option.names());
      boolean flag = option.arity().max() == 0;
      roff.term(flag ? names : names + "=" + option.paramLabel(), meaning(option));
    }
  }

  private static void commands(CommandLine command, Roff roff) {
    List<CommandLine> children = visible(command);
    if (children.isEmpty()) {
      return;
    }
    roff.section("commands");
    for (CommandLine child : children) {
      CommandSpec spec = child.getCommandSpec();
      String[] description = spec.usageMessage().description();
      roff.term(spec.name(), description.length == 0 ? "" : plain(description[0]));
    }
  }

  private static void exitStatus(CommandSpec spec, Roff roff) {
    var codes = spec.usageMessage().exitCodeList();
    if (codes.isEmpty()) {
      return;
    }
    roff.section("exit status");
    codes.forEach((code, meaning) -> roff.term(code.strip(), plain(meaning)));
  }

  private static List<CommandLine> visible(CommandLine command) {
    return command.getSubcommands().values().stream()
        .distinct()
        .filter(child -> !child.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  private static String meaning(ArgSpec argument) {
    return plain(String.join("%n", argument.description()));
  }

  /* Descriptions are format strings with picocli's own markup. */
  private static String plain(String description) {
    return Ansi.OFF.string(description.formatted());
  }

  private static String heading(String heading, String otherwise) {
    String name = heading.strip().replaceAll(":$", "");
    return name.isEmpty() ? otherwise : name;
  }
}
