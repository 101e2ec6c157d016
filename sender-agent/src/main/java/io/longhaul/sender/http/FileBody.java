package io.longhaul.sender.http;

import io.longhaul.protocol.ByteRange;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/*
 * A reader whose grant limits the rate is handed out slices, for which it may have to wait: writes are
 * suspended then, and the I/O thread serves others until it is time. No write may be waited for within
 * the call itself, as Undertow ends an exchange that is left there without a resumed channel.
 *
 * On TLS the bytes have to pass the heap's border to be encrypted: a record's worth at a time, through
 * a buffer of the connection's pool. What did not fit is read again, from the page cache.
 *
 * The channel's transferFrom ends in sendfile(2) on a plain socket. It takes what the socket's buffer
 * has room for; then the I/O thread serves others until the socket can be written again. The header
 * must be flushed before: Undertow 2.4 would send it together with bytes that it reads from the file's
 * own position, not from the one that it is given.
 */

/** The body of one answer: a range of a file, sent by the I/O thread; plain HTTP by sendfile. */
final class FileBody implements ChannelListener<StreamSinkChannel> {
  private static final Logger LOG = LoggerFactory.getLogger(FileBody.class);

  private final HttpServerExchange exchange;
  private final FileChannel file;
  private final Optional<Pace> pace;
  private final LongConsumer counted;
  private final long to;
  private long position;
  private long allowedTo;
  private boolean headerSent;

  private FileBody(
      HttpServerExchange exchange,
      FileChannel file,
      ByteRange range,
      Optional<Pace> pace,
      LongConsumer counted) {
    this.exchange = exchange;
    this.file = file;
    this.pace = pace;
    this.counted = counted;
    this.to = range.to();
    this.position = range.from();
    this.allowedTo = pace.isPresent() ? position : to;
  }

  /**
   * Sends the range as the answer's body and closes the file, whatever happens.
   *
   * @param pace how fast the reader may read
   * @param sent is told how many bytes were sent, again and again
   */
  static void send(
      HttpServerExchange exchange,
      FileChannel file,
      ByteRange range,
      Optional<Pace> pace,
      LongConsumer sent) {
    exchange.setResponseContentLength(range.length());
    FileBody body = new FileBody(exchange, file, range, pace, sent);
    exchange.addExchangeCompleteListener((_, next) -> {
      IoUtils.safeClose(file);
      next.proceed();
    });
    StreamSinkChannel channel = exchange.getResponseChannel();
    channel.getCloseSetter().set(_ -> IoUtils.safeClose(file));
    channel.getWriteSetter().set(body);
    if (pace.isPresent()) {
      channel.resumeWrites();
    } else {
      body.handleEvent(channel);
    }
  }

  @Override
  public void handleEvent(StreamSinkChannel channel) {
    try {
      if (!headerSent) {
        headerSent = channel.flush();
      }
      while (headerSent && position < to) {
        if (position == allowedTo && mustWait(channel)) {
          return;
        }
        long sent = send(channel);
        if (sent == 0) {
          requireMore();
          break;
        }
        position += sent;
        counted.accept(sent);
      }
      if (position < to) {
        channel.resumeWrites();
        return;
      }
      IoUtils.safeClose(file);
      exchange.endExchange();
    } catch (IOException e) {
      LOG.atDebug()
          .setCause(e)
          .addKeyValue("path", exchange.getRequestPath())
          .log("reader is gone");
      IoUtils.safeClose(file);
      IoUtils.safeClose(exchange.getConnection());
    }
  }

  /** Takes the next slice; returns whether it is to be sent later. */
  private boolean mustWait(StreamSinkChannel channel) {
    Pace kept = pace.orElseThrow();
    long slice = kept.slice(to - position);
    allowedTo += slice;
    long nanos = kept.take(slice);
    if (nanos == 0) {
      return false;
    }
    channel.suspendWrites();
    exchange.getIoThread().executeAfter(channel::resumeWrites, nanos, TimeUnit.NANOSECONDS);
    return true;
  }

  private long send(StreamSinkChannel channel) throws IOException {
    if (!exchange.isSecure()) {
      return channel.transferFrom(file, position, allowedTo - position);
    }
    try (PooledByteBuffer pooled = exchange.getConnection().getByteBufferPool().allocate()) {
      ByteBuffer bytes = pooled.getBuffer();
      bytes.limit((int) Math.min(bytes.capacity(), allowedTo - position));
      if (file.read(bytes, position) <= 0) {
        return 0;
      }
      return channel.write(bytes.flip());
    }
  }

  /** A file that became shorter would otherwise look like a socket that is full for ever. */
  private void requireMore() throws IOException {
    if (file.size() < to) {
      throw new IOException("the file ends at " + file.size() + ", before " + to);
    }
  }
}
