package io.longhaul.sender.pump;

import io.longhaul.protocol.spool.PumpLoop;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The send pump's process: {@code send-pump}, see {@link PumpLoop}. Started by the agent, which it
 * outlives. It says nothing, but for a failure that could not be left as an outcome.
 */
public final class SendPumpMain {
  private SendPumpMain() {}

  /** Pumps the sessions that the agent names. */
  public static void main(String[] args) throws Exception {
    PumpLoop.run(SendPumpMain::pump);
    System.exit(0); // whatever threads there are
  }

  private static boolean pump(Path directory) throws InterruptedException {
    try {
      return SendPump.run(directory, send -> PumpTimes.of(send.request().limits()))
          == SendPump.Result.DELIVERED;
    } catch (IOException e) {
      System.err.println("Tried to pump " + directory + " but " + e);
      return false;
    }
  }
}
