package io.longhaul.protocol.zfs;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads what {@code zfs send -nvt} prints of a resume token. Anybody can make a token, and what ZFS
 * prints of it are lines: one that would print a line of its own choice, such as {@code rawok = 1},
 * is not read, nor is one that says what we do not know.
 */
final class TokenText {
  private static final String BEGIN = "resume token contents:";
  private static final Pattern LINE = Pattern.compile("\t([a-z_]+) = (.*)");
  private static final Pattern LINE_INSIDE = Pattern.compile("[\n\r]\\s*[a-z_]{5}");
  private static final Set<String> KNOWN =
      Set.of(
          "object",
          "offset",
          "bytes",
          "toguid",
          "toname",
          "fromguid",
          "compressok",
          "largeblockok",
          "embedok",
          "rawok");
  private static final int MOST_INFLATED = 64 << 10;

  private TokenText() {}

  /** Returns what the token says; empty if it cannot be believed to say that. */
  static Optional<PartialReceive.Contents> read(ResumeToken token, List<String> lines) {
    if (!isPlain(token)) {
      return Optional.empty();
    }
    var said = new HashMap<String, String>();
    boolean begun = false;
    for (String line : lines) {
      Matcher pair = LINE.matcher(line);
      if (line.equals(BEGIN)) {
        begun = true;
      } else if (begun && pair.matches()) {
        if (!KNOWN.contains(pair.group(1)) || said.put(pair.group(1), pair.group(2)) != null) {
          return Optional.empty();
        }
      } else if (begun && !said.isEmpty()) {
        break;
      }
    }
    try {
      return contents(said);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<PartialReceive.Contents> contents(Map<String, String> said) {
    if (!said.containsKey("toname") || !said.containsKey("toguid") || !said.containsKey("bytes")) {
      return Optional.empty();
    }
    return Optional.of(
        new PartialReceive.Contents(
            SnapshotName.parse(said.get("toname")).toString(),
            guid(said.get("toguid")),
            Optional.ofNullable(said.get("fromguid")).map(TokenText::guid),
            said.containsKey("rawok"),
            said.containsKey("compressok"),
            said.containsKey("largeblockok"),
            said.containsKey("embedok"),
            number(said.get("bytes"))));
  }

  private static String guid(String text) {
    return Long.toUnsignedString(number(text));
  }

  private static long number(String text) {
    return text.startsWith("0x")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseUnsignedLong(text);
  }

  /** Whether nothing in it would print as a line of its own. */
  private static boolean isPlain(ResumeToken token) {
    String[] parts = token.text().split("-", -1);
    var inflater = new Inflater();
    try {
      inflater.setInput(HexFormat.of().parseHex(parts[parts.length - 1]));
      byte[] inflated = new byte[MOST_INFLATED];
      int length = inflater.inflate(inflated);
      String text = new String(inflated, 0, length, StandardCharsets.ISO_8859_1);
      return inflater.finished() && !LINE_INSIDE.matcher(text).find();
    } catch (DataFormatException | IllegalArgumentException e) {
      return false;
    } finally {
      inflater.end();
    }
  }
}
