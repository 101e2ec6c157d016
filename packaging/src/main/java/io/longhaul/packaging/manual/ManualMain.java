package io.longhaul.packaging.manual;

import io.longhaul.coordinator.CoordinatorMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * Writes the coordinator's manual pages and bash completion into the image's {@code share}.
 *
 * <p>Usage: {@code ManualMain SHARE}
 */
public final class ManualMain {

  private ManualMain() {}

  /**
   * Writes every page and the completion script.
   *
   * @throws IOException if {@code share} cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path share = Path.of(args[0]);
    CommandLine coordinator = CoordinatorMain.commandLine();

    Path pages = Files.createDirectories(share.resolve("man/man1"));
    for (ManualPage page : ManualPage.all(coordinator)) {
      Files.writeString(pages.resolve(page.name() + ".1"), page.roff());
    }

    Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
    Files.writeString(
        completions.resolve("coordinator"), AutoComplete.bash("coordinator", coordinator));
  }
}
