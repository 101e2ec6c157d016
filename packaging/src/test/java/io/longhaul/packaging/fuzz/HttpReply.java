package io.longhaul.packaging.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer as it came, read as strictly as the server should write it.
 *
 * @param headers by lower-case name
 */
record HttpReply(int status, Map<String, String> headers, String body) {
  private static final int CONTINUES = 200;

  /**
   * Reads the next answer that is not a 1xx.
   *
   * @throws EOFException if the connection was closed before
   * @throws IOException if the answer is no HTTP, or does not come
   */
  static HttpReply read(InputStream in, String method) throws IOException {
    while (true) {
      String line = line(in);
      if (!line.matches("HTTP/1\\.[01] \\d{3}.*")) {
        throw new IOException("no status line: " + line);
      }
      int status = Integer.parseInt(line.substring(9, 12));
      Map<String, String> headers = new TreeMap<>();
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        int colon = header.indexOf(':');
        headers.put(
            header.substring(0, colon).toLowerCase(Locale.ROOT),
            header.substring(colon + 1).strip());
      }
      if (status >= CONTINUES) {
        boolean bare = method.equals("HEAD") || status == 204 || status == 304;
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = bare ? "" : new String(in.readNBytes(length), UTF_8);
        return new HttpReply(status, headers, body);
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed after '" + line.toString(ISO_8859_1) + "'");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  boolean closes() {
    return headers.getOrDefault("connection", "").equalsIgnoreCase("close");
  }
}
