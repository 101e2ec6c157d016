package io.longhaul.protocol.spool;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/**
 * What a pump's process does for one session, as a process: it ends when the session is over,
 * although the process may go on with another. It can only be waited for. Thread-safe.
 */
final class PumpRun extends Process {
  private final Process process;
  private final CompletableFuture<Process> over = new CompletableFuture<>();

  PumpRun(Process process) {
    this.process = process;
    var _ = process.onExit().thenRun(this::end);
  }

  /** Says that the session is over. */
  void end() {
    over.complete(this);
  }

  @Override
  public boolean isAlive() {
    return !over.isDone() && process.isAlive();
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public CompletableFuture<Process> onExit() {
    return over.copy();
  }

  @Override
  public int waitFor() throws InterruptedException {
    over.join();
    return exitValue();
  }

  /** Returns 0 if the process goes on, else its exit status. */
  @Override
  public int exitValue() {
    if (process.isAlive() && !over.isDone()) {
      throw new IllegalThreadStateException("the session is still being pumped");
    }
    return process.isAlive() ? 0 : process.exitValue();
  }

  @Override
  public void destroy() {
    throw new UnsupportedOperationException("a pump is told to end by its session's files");
  }

  @Override
  public OutputStream getOutputStream() {
    throw new UnsupportedOperationException("a pump reads no input");
  }

  @Override
  public InputStream getInputStream() {
    throw new UnsupportedOperationException("what a pump says is in its log");
  }

  @Override
  public InputStream getErrorStream() {
    throw new UnsupportedOperationException("what a pump says is in its log");
  }
}
