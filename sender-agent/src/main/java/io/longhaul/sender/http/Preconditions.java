package io.longhaul.sender.http;

import io.longhaul.protocol.ByteRange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides what the conditions and the range of a request ask for, in the order of RFC 9110 section
 * 13.2.2. A chunk never changes and has no date, so only entity tags count. Pure.
 */
final class Preconditions {
  /** What to answer. */
  sealed interface Answer {
    /** 200 with all bytes. */
    record Whole() implements Answer {}

    /** 206 with these bytes. */
    record Part(ByteRange range) implements Answer {}

    /** 304. */
    record NotModified() implements Answer {}

    /** 412. */
    record Failed() implements Answer {}

    /** 416. */
    record Unsatisfiable() implements Answer {}
  }

  private static final Pattern TAG = Pattern.compile("(W/)?(\"[^\"]*\")");

  private Preconditions() {}

  /**
   * Decides for a representation that exists.
   *
   * @param tag its strong entity tag, with its quotes
   * @param length its length, in bytes
   */
  static Answer decide(HttpString method, HeaderMap headers, String tag, long length) {
    Optional<String> ifMatch = value(headers, Headers.IF_MATCH);
    if (ifMatch.isPresent() && !matches(ifMatch.get(), tag, true)) {
      return new Answer.Failed();
    }
    Optional<String> ifNoneMatch = value(headers, Headers.IF_NONE_MATCH);
    if (ifNoneMatch.isPresent() && matches(ifNoneMatch.get(), tag, false)) {
      return new Answer.NotModified();
    }
    Optional<String> range = value(headers, Headers.RANGE);
    Optional<String> ifRange = value(headers, Headers.IF_RANGE);
    boolean same = ifRange.isEmpty() || ifRange.get().strip().equals(tag);
    if (!method.equals(Methods.GET) || range.isEmpty() || !same) {
      return new Answer.Whole();
    }
    return switch (ByteRange.parse(range.get(), length)) {
      case ByteRange.Asked.Whole _ -> new Answer.Whole();
      case ByteRange.Asked.Part part -> new Answer.Part(part.range());
      case ByteRange.Asked.Unsatisfiable _ -> new Answer.Unsatisfiable();
    };
  }

  private static Optional<String> value(HeaderMap headers, HttpString name) {
    HeaderValues lines = headers.get(name);
    return lines == null ? Optional.empty() : Optional.of(String.join(", ", lines));
  }

  private static boolean matches(String list, String tag, boolean strong) {
    if (list.strip().equals("*")) {
      return true;
    }
    Matcher tags = TAG.matcher(list);
    while (tags.find()) {
      boolean weak = tags.group(1) != null;
      if (tags.group(2).equals(tag) && !(strong && weak)) {
        return true;
      }
    }
    return false;
  }
}
