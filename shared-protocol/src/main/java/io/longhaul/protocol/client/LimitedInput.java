package io.longhaul.protocol.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** A stream that fails when it is longer than it may be. Used by one thread. */
final class LimitedInput extends FilterInputStream {
  private final long most;
  private long count;

  LimitedInput(InputStream in, long most) {
    super(in);
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    count(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    int read = super.read(to, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int bytes) throws ProtocolException {
    count += bytes;
    if (count > most) {
      throw new ProtocolException("it is longer than " + most + " bytes");
    }
  }
}
