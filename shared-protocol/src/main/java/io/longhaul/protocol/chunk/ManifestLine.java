package io.longhaul.protocol.chunk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DatabindException;
import io.longhaul.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The text of a manifest line: a JSON object whose last member is the CRC32C of all that stands
 * before it, and a newline. The checksum tells a damaged or torn line from a good one.
 */
final class ManifestLine {
  private static final String CRC_KEY = ",\"crc\":\"";
  private static final int CRC_DIGITS = 8;
  private static final int TAIL = CRC_KEY.length() + CRC_DIGITS + 2;

  private ManifestLine() {}

  /** Returns the line of a record, newline included. */
  static byte[] encode(ManifestRecord line) throws JsonProcessingException {
    String object = Json.TOLERANT.writerFor(ManifestRecord.class).writeValueAsString(line);
    String body = object.substring(0, object.length() - 1);
    String crc = crc(body.getBytes(StandardCharsets.UTF_8));
    return (body + CRC_KEY + crc + "\"}\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a line without its newline.
   *
   * @throws IOException if the checksum does not match or the text is not a record
   */
  static ManifestRecord decode(byte[] line, int length) throws IOException {
    int bodyLength = length - TAIL;
    if (bodyLength < 1) {
      throw new IOException("a manifest line of " + length + " bytes is too short");
    }
    CRC32C crc = new CRC32C();
    crc.update(line, 0, bodyLength);
    String tail = new String(line, bodyLength, TAIL, StandardCharsets.UTF_8);
    String expected = CRC_KEY + format(crc) + "\"}";
    if (!tail.equals(expected)) {
      throw new IOException("a manifest line ends in " + tail + " but its text needs " + expected);
    }
    try {
      return Json.TOLERANT.readValue(line, 0, length, ManifestRecord.class);
    } catch (DatabindException e) {
      throw new IOException("a manifest line is not understood: " + e.getOriginalMessage(), e);
    }
  }

  private static String crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return format(crc);
  }

  private static String format(CRC32C crc) {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
