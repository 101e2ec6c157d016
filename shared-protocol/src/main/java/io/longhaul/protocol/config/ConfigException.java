package io.longhaul.protocol.config;

import org.jspecify.annotations.Nullable;

/** A configuration file cannot be used; the message names the file and every fault in it. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
