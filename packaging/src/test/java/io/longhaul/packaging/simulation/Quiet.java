package io.longhaul.packaging.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Keeps the product from saying the same thing in thousands of schedules. */
final class Quiet implements BeforeAllCallback, AfterAllCallback {
  private static final PrintStream OUT = System.out;

  private @Nullable Level level;

  static void say(String text) {
    OUT.println(text);
  }

  private static Logger product() {
    return (Logger) LoggerFactory.getLogger("io.longhaul");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    level = product().getLevel();
    product().setLevel(Level.OFF);
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    product().setLevel(level);
    System.setOut(OUT);
  }
}
