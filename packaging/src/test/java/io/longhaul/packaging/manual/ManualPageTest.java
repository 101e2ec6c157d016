package io.longhaul.packaging.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class ManualPageTest {

  @Command(
      name = "ferry",
      description = {"Carries things.", "", "Slowly, at 50%% at most."},
      footerHeading = "Examples:%n",
      footer = "  ferry row left right",
      exitCodeListHeading = "Exit codes:%n",
      exitCodeList = {" 0:done", " 1:sunk"},
      subcommands = {Row.class, Secret.class})
  static final class Ferry {}

  @Command(name = "row", description = "Rows from @|bold one|@ bank to the other.")
  static final class Row {
    @Parameters(paramLabel = "FROM", description = "the near bank")
    String from = "";

    @Option(
        names = {"-s", "--speed"},
        paramLabel = "KNOTS",
        description = "at most this fast; default: ${DEFAULT-VALUE}",
        defaultValue = "3")
    int knots;

    @Option(names = "--quiet", description = "no song")
    boolean quiet;

    @Option(names = "--trap", hidden = true)
    boolean trap;
  }

  @Command(name = "secret", hidden = true)
  static final class Secret {}

  private final List<ManualPage> pages = ManualPage.all(new CommandLine(new Ferry()));

  @Test
  void everyVisibleCommandHasAPage() {
    assertThat(pages).extracting(ManualPage::name).containsExactly("ferry", "ferry-row");
  }

  @Test
  void aPageNamesArgumentsOptionsAndDefaults() {
    assertThat(page("ferry-row"))
        .contains(".SH NAME\nferry\\-row \\- Rows from one bank to the other.\n")
        .contains(".TP\n\\fBFROM\\fR\nthe near bank\n")
        .contains(".TP\n\\fB\\-s, \\-\\-speed=KNOTS\\fR\nat most this fast; default: 3\n")
        .contains(".TP\n\\fB\\-\\-quiet\\fR\nno song\n")
        .doesNotContain("trap");
  }

  @Test
  void aPageTeachesCommandsExitStatusAndExamples() {
    assertThat(page("ferry"))
        .contains("Slowly, at 50% at most.")
        .contains(".SH COMMANDS\n.TP\n\\fBrow\\fR\nRows from one bank to the other.\n")
        .contains(".SH EXIT STATUS\n.TP\n\\fB0\\fR\ndone\n.TP\n\\fB1\\fR\nsunk\n")
        .contains(".SH EXAMPLES\n.nf\n  ferry row left right\n.fi\n")
        .doesNotContain("secret");
  }

  private String page(String name) {
    return pages.stream()
        .filter(page -> page.name().equals(name))
        .map(ManualPage::roff)
        .findFirst()
        .orElseThrow();
  }
}
