package io.longhaul.protocol;

/** The name and version of this build. */
public final class Software {
  private Software() {}

  /** Returns the version, from the jar's manifest; {@code dev} where there is none. */
  public static String version() {
    String version = Software.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  /** Returns name and version, such as {@code longhaul 0.1.0}. */
  public static String name() {
    return "longhaul " + version();
  }
}
