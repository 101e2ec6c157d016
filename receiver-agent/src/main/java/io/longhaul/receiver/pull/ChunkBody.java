package io.longhaul.receiver.pull;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import okhttp3.Call;
import okhttp3.Response;
import okio.BufferedSource;

/** The bytes of one range, as they come. Used by one thread. */
final class ChunkBody implements Closeable {
  private final Call call;
  private final Response response;
  private final BufferedSource source;
  private long left;

  ChunkBody(Call call, Response response, long length) {
    this.call = call;
    this.response = response;
    this.source = response.body().source();
    this.left = length;
  }

  /**
   * Reads what has come, waiting for at least one byte.
   *
   * @param into a buffer with room, but for no more than is left of the body
   * @return how many bytes, 1 or more
   * @throws IOException if the connection fails, stalls, or ends early
   */
  int read(ByteBuffer into) throws IOException {
    int read = source.read(into);
    if (read < 0) {
      throw new IOException("the connection ended " + left + " bytes early");
    }
    left -= read;
    return read;
  }

  /** Gives the connection back if all was read, and closes it otherwise. */
  @Override
  public void close() {
    if (left > 0) {
      call.cancel();
    }
    response.close();
  }
}
