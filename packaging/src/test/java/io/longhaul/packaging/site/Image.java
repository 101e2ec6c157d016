package io.longhaul.packaging.site;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The assembled product, as an operator unpacks it.
 *
 * @param home the directory with {@code bin}, {@code lib} and {@code runtime}
 */
public record Image(Path home) {
  /** The system property that says where the image is. */
  public static final String PROPERTY = "longhaul.image";

  /**
   * Returns the image that {@value #PROPERTY} names.
   *
   * @throws IllegalStateException if there is none
   */
  public static Image find() {
    String home = System.getProperty(PROPERTY);
    if (home == null || !Files.isExecutable(Path.of(home, "bin", "coordinator"))) {
      throw new IllegalStateException(
          "Tried to find the runtime image but -D%s is %s; build it with ./mvnw package"
              .formatted(PROPERTY, home));
    }
    return new Image(Path.of(home).toAbsolutePath());
  }

  /** Returns the launcher of a program, such as {@code coordinator}. */
  public String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }
}
