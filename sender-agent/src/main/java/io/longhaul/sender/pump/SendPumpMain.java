package io.longhaul.sender.pump;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The send pump's process: {@code send-pump DIRECTORY}. Started by the agent, which it outlives. It
 * says nothing, but for a failure that could not be left as an outcome; its stderr is the session's
 * {@code pump.log}.
 */
public final class SendPumpMain {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int NOT_OURS = 3;

  private SendPumpMain() {}

  /** Runs the pump; exits with 0 if the whole stream is spooled. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("usage: send-pump DIRECTORY");
      System.exit(USAGE);
    }
    System.exit(run(Path.of(args[0])));
  }

  private static int run(Path directory) throws InterruptedException {
    try {
      return switch (SendPump.run(directory, send -> PumpTimes.of(send.request().limits()))) {
        case DELIVERED -> 0;
        case FAILED -> FAILED;
        case NOT_OURS -> NOT_OURS;
      };
    } catch (IOException e) {
      System.err.println("Tried to pump " + directory + " but " + e);
      return FAILED;
    }
  }
}
