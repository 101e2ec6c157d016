package io.longhaul.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is wrong with a JSON or YAML text, in the words of who wrote it: keys and values, no
 * classes.
 *
 * @param key where, such as {@code tokens[1].admin}; empty for the text as a whole
 * @param reason what is wrong there
 * @param syntax whether the text is not even JSON or YAML
 */
public record JsonFault(String key, String reason, boolean syntax) {
  private static final String REPEATED = "Duplicate field '";
  private static final String ITS_OWN = ", from `StreamReadConstraints[^`]*`";
  private static final List<String> NULLS =
      List.of("Null value for creator property", "Cannot map `null`", "Invalid `null` value");

  /** Returns the fault that a reader met. */
  public static JsonFault of(JacksonException e) {
    if (e instanceof JsonMappingException wrong) {
      return wrong.getCause() instanceof StreamReadException in
          ? ofText(name(pointer(wrong)), in)
          : new JsonFault(name(pointer(wrong)), reason(wrong), false);
    }
    return ofText("", e);
  }

  private static JsonFault ofText(String key, JacksonException e) {
    String said = said(e);
    if (said.startsWith(REPEATED)) {
      return new JsonFault(said.substring(REPEATED.length(), said.length() - 1), "is twice", false);
    }
    boolean tooLarge = said.startsWith("Numeric value");
    return new JsonFault(key, tooLarge ? "the number is too large" : said, !tooLarge);
  }

  /** Returns where {@code e} happened, to find it in the text again. */
  public static JsonPointer pointer(JsonMappingException e) {
    JsonPointer pointer = JsonPointer.empty();
    for (Reference step : e.getPath()) {
      pointer =
          step.getFieldName() == null
              ? pointer.appendIndex(step.getIndex())
              : pointer.appendProperty(step.getFieldName());
    }
    return pointer;
  }

  /** Returns a place as people write it, such as {@code tokens[1].admin}. */
  public static String name(JsonPointer pointer) {
    StringBuilder name = new StringBuilder();
    for (JsonPointer step = pointer; !step.matches(); step = step.tail()) {
      if (step.mayMatchElement()) {
        name.append('[').append(step.getMatchingIndex()).append(']');
      } else {
        name.append(name.isEmpty() ? "" : ".").append(step.getMatchingProperty());
      }
    }
    return name.toString();
  }

  /** Returns the reason for a key that is not one of {@code known}. */
  public static String unknownKey(Collection<?> known) {
    return "unknown key; known here are " + known(known);
  }

  private static String reason(JsonMappingException e) {
    String said = said(e);
    if (NULLS.stream().anyMatch(said::startsWith) || e.getCause() instanceof NullPointerException) {
      return "a value is missing";
    }
    if (e.getCause() instanceof IllegalArgumentException refused) {
      return String.valueOf(refused.getMessage());
    }
    return switch (e) {
      case UnrecognizedPropertyException unknown -> unknownKey(unknown.getKnownPropertyIds());
      case InvalidTypeIdException kind ->
          kind.getTypeId() == null
              ? "its kind is missing"
              : "unknown kind '" + kind.getTypeId() + "'";
      case InvalidFormatException format ->
          "must be " + wanted(format.getTargetType()) + ", was '" + format.getValue() + "'";
      case MismatchedInputException other when other.getTargetType() != null ->
          mismatch(said, other.getTargetType());
      default -> said;
    };
  }

  private static String mismatch(String said, Class<?> type) {
    if (said.startsWith("Trailing token")) {
      return "something follows after its end";
    }
    return said.startsWith("No content") ? "is empty" : "must be " + wanted(type);
  }

  private static String wanted(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + known(Arrays.asList(type.getEnumConstants()));
    }
    if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return "a duration such as PT30S";
    }
    if (Map.class.isAssignableFrom(type) || (type.isRecord() && !isText(type))) {
      return "a mapping of keys to values";
    }
    return Iterable.class.isAssignableFrom(type) ? "a list" : "text";
  }

  private static boolean isText(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .anyMatch(method -> method.isAnnotationPresent(JsonValue.class));
  }

  private static String known(Collection<?> names) {
    return names.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
  }

  /* A YAML reader says what it met on lines of its own, between pieces of the text, indented. */
  private static String said(JacksonException e) {
    return e.getOriginalMessage()
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith(" "))
        .collect(Collectors.joining(", "))
        .replaceAll(ITS_OWN, "");
  }

  /** Returns the whole, for a message: {@code key: reason}. */
  @Override
  public String toString() {
    return key.isEmpty() ? reason : key + ": " + reason;
  }
}
