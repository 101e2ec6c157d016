package io.longhaul.coordinator.cli;

import io.longhaul.protocol.Software;
import picocli.CommandLine.IVersionProvider;

/** Tells the version of this build. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {Software.name()};
  }
}
