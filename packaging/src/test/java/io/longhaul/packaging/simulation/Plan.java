package io.longhaul.packaging.simulation;

import java.util.Random;

/**
 * What a schedule is about: the stream, the limits, and which of the parties misbehave.
 *
 * @param stream the bytes of the source
 * @param chunkBytes the size of a chunk
 * @param sendLimit the sender's spool limit, in bytes
 * @param receiveLimit the receiver's
 * @param repeatable whether the source is said to be repeatable
 * @param liarFrom from which byte on a repeated source gives other bytes; the stream's length if it
 *     does not
 * @param sourceFailsAt at which byte the source fails; beyond the stream if it does not
 * @param sourceStatus how it then ends
 * @param sourceFailures how many attempts fail
 * @param sinkFailsAt at which byte the sink ends; beyond the stream if it does not
 * @param sinkStatus how the sink ends
 * @param sinkPauseMillis how slow the sink is
 * @param crashes how many crashes of processes there are at most
 * @param breaks how many other faults there are
 * @param lossPercent how many of a hundred requests or replies are lost, repeated or cut
 * @param flips how many bodies come with a flipped bit, at most
 * @param connections how many connections there are at most
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares plans
record Plan(
    byte[] stream,
    int chunkBytes,
    long sendLimit,
    long receiveLimit,
    boolean repeatable,
    int liarFrom,
    int sourceFailsAt,
    int sourceStatus,
    int sourceFailures,
    int sinkFailsAt,
    int sinkStatus,
    int sinkPauseMillis,
    int crashes,
    int breaks,
    int lossPercent,
    int flips,
    int connections) {
  private static final int CHUNK = 4096;
  private static final int KILLED = 137;

  static Plan draw(Random random) {
    int chunks = 1 + random.nextInt(random.nextInt(8) == 0 ? 16 : 8);
    byte[] stream = new byte[random.nextInt(30) == 0 ? 0 : chunks * CHUNK - random.nextInt(CHUNK)];
    random.nextBytes(stream);
    int never = stream.length + 1;
    boolean sourceFails = random.nextInt(6) == 0;
    boolean sinkFails = random.nextInt(8) == 0;
    boolean early = random.nextInt(3) == 0;
    return new Plan(
        stream,
        CHUNK,
        CHUNK * (2L + random.nextInt(6)),
        CHUNK * (2L + random.nextInt(6)),
        random.nextBoolean(),
        random.nextInt(10) == 0 ? random.nextInt(stream.length + 1) : stream.length,
        sourceFails ? random.nextInt(stream.length + 1) : never,
        sourceFails ? random.nextInt(3) == 0 ? 1 : KILLED : 0,
        1 + random.nextInt(random.nextInt(4) == 0 ? 8 : 2),
        sinkFails ? random.nextInt(stream.length + 1) : never,
        sinkFails && !early ? 1 : 0,
        random.nextInt(4) == 0 ? 100 : 10,
        random.nextInt(3) == 0 ? 0 : random.nextInt(5),
        random.nextInt(3) == 0 ? 0 : random.nextInt(5),
        random.nextInt(3) == 0 ? 0 : random.nextInt(25),
        random.nextInt(3) == 0 ? random.nextInt(4) : 0,
        1 + random.nextInt(3));
  }
}
