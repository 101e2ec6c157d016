package io.longhaul.packaging.site;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A {@link LoopbackLink} as a program, for {@code quickstart}: it is cut by a word on its input.
 */
final class LoopbackLinkMain {
  private LoopbackLinkMain() {}

  /**
   * Prints the near end's port, then obeys {@code cut} and {@code restore} until its input ends.
   *
   * @param args the port that the link leads to, and the bytes per second that it carries
   */
  public static void main(String[] args) throws IOException {
    var words = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (LoopbackLink link = LoopbackLink.to(Integer.parseInt(args[0]), Long.parseLong(args[1]))) {
      System.out.println(link.port());
      for (String word = words.readLine(); word != null; word = words.readLine()) {
        switch (word) {
          case "cut" -> link.cut();
          case "restore" -> link.restore();
          default -> throw new IOException("Tried to obey '" + word + "' but know cut and restore");
        }
      }
    }
  }
}
