package io.longhaul.protocol.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which line each key and each entry of a list stands on. */
final class YamlLines {
  private final Map<JsonPointer, Integer> lines = new LinkedHashMap<>();

  private YamlLines() {}

  /**
   * Reads through a whole text.
   *
   * @throws IOException if it is not YAML, or gives a key twice; a Jackson exception with the line
   */
  static YamlLines of(JsonFactory yaml, byte[] text) throws IOException {
    YamlLines found = new YamlLines();
    try (JsonParser parser = yaml.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        JsonPointer at = parser.getParsingContext().pathAsPointer();
        if (token != JsonToken.VALUE_NULL || !at.matches()) {
          found.lines.putIfAbsent(at, parser.currentTokenLocation().getLineNr());
        }
      }
    }
    return found;
  }

  /** Returns whether the text says nothing at all. */
  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Returns whether the text gives this key or entry. */
  boolean has(JsonPointer at) {
    return lines.containsKey(at);
  }

  /** Returns the line of a key or an entry, or of the innermost one around it; 1 for the text. */
  int at(JsonPointer at) {
    JsonPointer place = at;
    while (!lines.containsKey(place) && !place.matches()) {
      place = place.head();
    }
    return lines.getOrDefault(place, 1);
  }

  /** Returns the keys of the mapping at {@code parent}, in the order of the text. */
  List<JsonPointer> within(JsonPointer parent) {
    return lines.keySet().stream()
        .filter(key -> !key.matches() && parent.equals(key.head()))
        .toList();
  }
}
