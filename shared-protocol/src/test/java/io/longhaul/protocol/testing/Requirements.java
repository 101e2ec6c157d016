package io.longhaul.protocol.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * What a test needs from its machine: a tool, a daemon, the rights of root.
 *
 * <p>On a developer's machine a test without its needs is skipped. Where {@value #REQUIRE_ALL} is
 * {@code true} it fails, so that a build that claims to have run everything has.
 */
public final class Requirements {

  /** The environment variable that turns skipping into failing. */
  public static final String REQUIRE_ALL = "LONGHAUL_REQUIRE_ALL";

  private Requirements() {}

  /**
   * Goes on only if {@code available}.
   *
   * @param what the thing needed, as a noun phrase: "a running zfs-fuse"
   */
  public static void need(boolean available, String what) {
    need(available, what, Boolean.parseBoolean(System.getenv(REQUIRE_ALL)));
  }

  static void need(boolean available, String what, boolean all) {
    if (available) {
      return;
    }
    if (all) {
      fail(
          "Tried to run a test that needs %s but this machine has none, and %s is true"
              .formatted(what, REQUIRE_ALL));
    }
    abort("needs " + what);
  }
}
