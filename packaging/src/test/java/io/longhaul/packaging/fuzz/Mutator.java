package io.longhaul.packaging.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes good texts into bad ones; decided by the random numbers alone. */
final class Mutator {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\0",
          "a\0b",
          "..",
          "../../etc/passwd",
          "/",
          "//",
          "\\",
          "%",
          "%00",
          "%2e%2e%2f",
          "%c0%ae",
          "%zz",
          "%s%n%x",
          "$(touch x)",
          "`touch x`",
          "; touch x",
          "| touch x",
          "-rf",
          "--",
          "tank",
          "tank/vm",
          "tank/vm@a",
          "tank/vm@a@b",
          "tank/vm#a",
          "tank//vm",
          "/tank",
          "tank/",
          "tank/%recv",
          "tank/..",
          "tank@",
          "@a",
          "-tank",
          "log",
          "mirror",
          "c0t0d0",
          "tank/$ORIGIN",
          "\u00e4\u00f6\u00fc",
          "\u202egnp",
          "\ud83d\ude00",
          "\ud800",
          "\ufeff",
          "\uffff",
          "\u0130",
          "local",
          "admin",
          "true",
          "null",
          "NaN",
          "-0",
          "1e999",
          "PT0S",
          "PT-1S",
          "P999999999D",
          "PT9223372036854775807S",
          "PT99999999999999999999S",
          "0x10",
          "\u0661",
          "zfs",
          "stream",
          "snapshot",
          "bookmark",
          "sha256",
          "aborted",
          "${jndi:x}",
          "<script>",
          "' or 1=1 --");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "-1",
          "1",
          "2",
          "4095",
          "4096",
          "4097",
          "2147483647",
          "2147483648",
          "-2147483649",
          "1073741824",
          "1073741825",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "18446744073709551616",
          "99999999999999999999999999");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int LONG_TEXT = 20_000;

  /* Three changes, one in the other, are not deeper than Jackson writes. */
  private static final int DEEP = 300;

  private final Random random;

  Mutator(Random random) {
    this.random = random;
  }

  <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Returns a text that means something to some program. */
  String text() {
    return switch (random.nextInt(8)) {
      case 0 -> any(NUMBERS);
      case 1 -> any(TEXTS) + any(TEXTS);
      case 2 -> noise(1 + random.nextInt(40));
      case 3 -> chance(10) ? any(TEXTS).repeat(1 + random.nextInt(LONG_TEXT / 10)) : any(TEXTS);
      default -> any(TEXTS);
    };
  }

  private String noise(int length) {
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < length; i++) {
      noise.append((char) (chance(80) ? random.nextInt(0x80) : random.nextInt(0x10000)));
    }
    return noise.toString();
  }

  /** Changes one to three places of a tree, and then perhaps its text. */
  byte[] json(JsonNode good) {
    ObjectNode root = NODES.objectNode();
    root.set("root", good.deepCopy());
    for (int changes = 1 + random.nextInt(3); changes > 0 && !root.isEmpty(); changes--) {
      List<JsonNode> places = new ArrayList<>();
      collect(root, places);
      change(any(places));
    }
    byte[] text = root.path("root").toString().getBytes(UTF_8);
    return chance(15) ? bytes(text) : chance(3) ? recoded(text) : text;
  }

  private static void collect(JsonNode node, List<JsonNode> places) {
    if (node.isContainerNode() && !node.isEmpty()) {
      places.add(node);
      node.forEach(child -> collect(child, places));
    }
  }

  private void change(JsonNode place) {
    switch (place) {
      case ObjectNode object -> {
        String key = any(new ArrayList<>(object.properties())).getKey();
        switch (random.nextInt(6)) {
          case 0 -> object.remove(key);
          case 1 -> object.set(text(), value());
          case 2 -> object.set(text(), object.get(key));
          default -> object.set(key, chance(40) ? text(object.get(key)) : value());
        }
      }
      case ArrayNode array -> {
        if (chance(50)) {
          array.set(random.nextInt(array.size()), value());
        } else {
          array.add(value());
        }
      }
      default -> throw new IllegalStateException("no container");
    }
  }

  private JsonNode text(JsonNode old) {
    if (!(old instanceof TextNode text)) {
      return value();
    }
    return NODES.textNode(new String(bytes(text.textValue().getBytes(UTF_8)), UTF_8));
  }

  private JsonNode value() {
    return switch (random.nextInt(10)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(chance(50));
      case 2, 3 -> NODES.numberNode(new BigInteger(any(NUMBERS)));
      case 4 -> NODES.numberNode(random.nextDouble() * 1e9);
      case 5 -> NODES.objectNode();
      case 6 -> NODES.arrayNode().add(text());
      case 7 -> chance(5) ? deep() : NODES.arrayNode();
      default -> NODES.textNode(text());
    };
  }

  private JsonNode deep() {
    ArrayNode root = NODES.arrayNode();
    ArrayNode at = root;
    for (int i = random.nextInt(DEEP); i > 0; i--) {
      at = at.addArray();
    }
    return root;
  }

  private byte[] recoded(byte[] text) {
    Charset other = chance(50) ? UTF_16BE : ISO_8859_1;
    return new String(text, UTF_8).getBytes(chance(30) ? Charset.forName("UTF-32LE") : other);
  }

  /** Changes a few bytes: others, fewer, more, twice. */
  byte[] bytes(byte[] good) {
    byte[] now = good.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(now.length + 1);
      int to = Math.min(now.length, at + random.nextInt(20));
      now =
          switch (random.nextInt(6)) {
            case 0 -> joined(now, at, new byte[0], to);
            case 1 -> joined(now, at, text().getBytes(UTF_8), to);
            case 2 -> joined(now, at, Arrays.copyOfRange(now, at, to), at);
            case 3 -> Arrays.copyOf(now, at);
            case 4 -> joined(now, at, new byte[] {(byte) random.nextInt(256)}, at);
            default -> flipped(now, at);
          };
    }
    return now;
  }

  private byte[] flipped(byte[] bytes, int at) {
    if (at < bytes.length) {
      bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private static byte[] joined(byte[] old, int at, byte[] inserted, int from) {
    byte[] all = Arrays.copyOf(old, at + inserted.length + old.length - from);
    System.arraycopy(inserted, 0, all, at, inserted.length);
    System.arraycopy(old, from, all, at + inserted.length, old.length - from);
    return all;
  }
}
