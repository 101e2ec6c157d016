package io.longhaul.protocol.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Option;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;

/*
 * A client of TLS 1.3 has sent its first request before it can know that its certificate is refused. A
 * socket that is closed while that request is unread sends a reset (RFC 2525 section 2.17), which destroys
 * the alert on its way: the client would take a refusal for an outage.
 */

/**
 * A connection whose last words arrive: to close it is to send what was written and the end of the
 * stream, and to throw away what the peer still sends, until it closes too; at most 128 KiB and 5
 * s. Closing is thread-safe, everything else belongs to the I/O thread.
 */
final class LingeringConnection extends StreamConnection {
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 128 * 1024;
  private static final int BUFFER_BYTES = 4 * 1024;

  private final StreamConnection socket;

  /** Takes over an open connection. */
  LingeringConnection(StreamConnection socket) {
    super(socket.getIoThread());
    this.socket = socket;
    setSourceConduit(socket.getSourceChannel().getConduit());
    setSinkConduit(socket.getSinkChannel().getConduit());
  }

  @Override
  protected void closeAction() {
    try {
      getIoThread().execute(this::linger);
    } catch (RejectedExecutionException e) {
      IoUtils.safeClose(socket); // the server stops
    }
  }

  private void linger() {
    ConduitStreamSourceChannel source = socket.getSourceChannel();
    try {
      socket.getSinkChannel().shutdownWrites();
      source.setReadListener(new Remainder());
      source
          .getConduit()
          .setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(source));
      source.wakeupReads();
    } catch (IOException | RejectedExecutionException e) {
      IoUtils.safeClose(socket);
    }
  }

  /** What the peer sends to somebody who does not listen any more. */
  private final class Remainder implements ChannelListener<ConduitStreamSourceChannel> {
    private final XnioExecutor.Key limit =
        getIoThread()
            .executeAfter(() -> IoUtils.safeClose(socket), MOST.toMillis(), TimeUnit.MILLISECONDS);
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private int bytes;

    @Override
    public void handleEvent(ConduitStreamSourceChannel source) {
      try {
        int read = source.read(buffer.clear());
        while (read > 0 && bytes < MOST_BYTES) {
          bytes += read;
          read = source.read(buffer.clear());
        }
        if (read == 0) {
          return;
        }
      } catch (IOException e) {
        // it is gone
      }
      limit.remove();
      IoUtils.safeClose(socket);
    }
  }

  @Override
  protected void notifyReadClosed() {
    // only linger() may close the socket's sides
  }

  @Override
  protected void notifyWriteClosed() {
    // only linger() may close the socket's sides
  }

  @Override
  public SocketAddress getPeerAddress() {
    return socket.getPeerAddress();
  }

  @Override
  public SocketAddress getLocalAddress() {
    return socket.getLocalAddress();
  }

  @Override
  public boolean supportsOption(Option<?> option) {
    return socket.supportsOption(option);
  }

  @Override
  public <T> T getOption(Option<T> option) throws IOException {
    return socket.getOption(option);
  }

  @Override
  public <T> T setOption(Option<T> option, T value) throws IOException {
    return socket.setOption(option, value);
  }
}
