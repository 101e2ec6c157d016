package io.longhaul.packaging.simulation;

import java.io.InputStream;
import java.io.OutputStream;

/** A simulated process, as the agent that started it has it. */
final class PumpHandle extends Process {
  private final SimProcess process;

  PumpHandle(SimProcess process) {
    this.process = process;
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public long pid() {
    return process.identity().pid();
  }

  @Override
  public int exitValue() {
    return process
        .exit()
        .orElseThrow(() -> new IllegalThreadStateException(process + " has not ended"));
  }

  @Override
  public int waitFor() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void destroy() {
    throw new UnsupportedOperationException();
  }

  @Override
  public OutputStream getOutputStream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream getInputStream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream getErrorStream() {
    throw new UnsupportedOperationException();
  }
}
