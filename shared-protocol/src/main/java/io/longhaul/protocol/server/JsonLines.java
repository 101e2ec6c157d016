package io.longhaul.protocol.server;

import io.longhaul.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A long answer, one JSON value a line, written before it is sent: what it was made of need not be
 * kept meanwhile.
 *
 * @param pieces the bytes, in pieces of about 64 KiB
 * @param sent is run when the answer was sent, or could not be
 */
record JsonLines(List<ByteBuffer> pieces, Runnable sent) {
  private static final int PIECE_BYTES = 64 << 10;

  JsonLines {
    pieces = List.copyOf(pieces);
  }

  /** Writes lines; each value may be forgotten as soon as the iterator has given it. */
  static JsonLines of(Object head, Iterable<?> lines, Runnable sent) throws IOException {
    var pieces = new ArrayList<ByteBuffer>();
    var piece = new ByteArrayOutputStream(PIECE_BYTES);
    line(head, piece);
    for (Object value : lines) {
      line(value, piece);
      if (piece.size() >= PIECE_BYTES) {
        pieces.add(ByteBuffer.wrap(piece.toByteArray()));
        piece.reset();
      }
    }
    pieces.add(ByteBuffer.wrap(piece.toByteArray()));
    return new JsonLines(pieces, sent);
  }

  private static void line(Object value, ByteArrayOutputStream to) throws IOException {
    to.writeBytes(Json.TOLERANT.writeValueAsBytes(value));
    to.write('\n');
  }
}
