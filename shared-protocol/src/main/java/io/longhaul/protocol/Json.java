package io.longhaul.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;

/**
 * The two ways Longhaul reads JSON: strictly what somebody asks of us, tolerantly what a peer or an
 * older version of ourselves tells us (design section 4). Both write the same text. Thread-safe.
 */
public final class Json {
  /**
   * Reads requests: a key that is unknown, repeated or missing, a null, and a value of another JSON
   * type than the one asked for are errors.
   */
  public static final JsonMapper STRICT = strictly(writer()).build();

  /** Reads replies and spool files: unknown keys are passed over, all else is as in a request. */
  public static final JsonMapper TOLERANT = wholly(writer()).build();

  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING = 1 << 20;

  private Json() {}

  /**
   * Makes any reader a strict one, such as that of YAML files.
   *
   * @return {@code reader}
   */
  public static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B strictly(B reader) {
    return wholly(reader)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
  }

  private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B wholly(B reader) {
    return reader
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
        .withCoercionConfig(LogicalType.Integer, Json::takesNoOther)
        .withCoercionConfig(LogicalType.Boolean, Json::takesNoOther);
  }

  private static JsonMapper.Builder writer() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .build())
            .build();
    return JsonMapper.builder(factory)
        .addModules(new Jdk8Module(), new JavaTimeModule())
        .defaultPropertyInclusion(
            JsonInclude.Value.empty().withValueInclusion(JsonInclude.Include.NON_ABSENT))
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .withCoercionConfig(LogicalType.Textual, Json::takesNoOther);
  }

  /* Jackson reads "1" as a number, 1 as true and 5 as "5" unless told not to. */
  private static void takesNoOther(MutableCoercionConfig type) {
    for (CoercionInputShape shape :
        List.of(
            CoercionInputShape.Integer,
            CoercionInputShape.Float,
            CoercionInputShape.Boolean,
            CoercionInputShape.String,
            CoercionInputShape.EmptyString)) {
      type.setCoercion(shape, CoercionAction.Fail);
    }
  }
}
