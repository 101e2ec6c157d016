package io.longhaul.packaging.manual;

import io.longhaul.coordinator.CoordinatorMain;
import io.longhaul.receiver.ReceiverMain;
import io.longhaul.sender.SenderMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * Writes the programs' manual pages and bash completions into the image's {@code share}.
 *
 * <p>Usage: {@code ManualMain SHARE}
 */
public final class ManualMain {

  private ManualMain() {}

  /**
   * Writes every page and completion script.
   *
   * @throws IOException if {@code share} cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path share = Path.of(args[0]);
    Path pages = Files.createDirectories(share.resolve("man/man1"));
    Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
    for (CommandLine program :
        List.of(
            CoordinatorMain.commandLine(), SenderMain.commandLine(), ReceiverMain.commandLine())) {
      for (ManualPage page : ManualPage.all(program)) {
        Files.writeString(pages.resolve(page.name() + ".1"), page.roff());
      }
      String name = program.getCommandName();
      Files.writeString(completions.resolve(name), AutoComplete.bash(name, program));
    }
  }
}
