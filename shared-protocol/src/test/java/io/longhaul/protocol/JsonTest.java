package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  record Inner(String name) {}

  record Sample(
      long number,
      boolean flag,
      String text,
      Duration time,
      List<String> list,
      Map<String, String> map,
      Optional<String> maybe,
      OptionalInt maybeInt,
      OptionalLong maybeLong,
      Optional<Inner> inner) {}

  private static final String GOOD =
      """
      {"number":1,"flag":true,"text":"t","time":"PT1.5S","list":["a"],"map":{"k":"v"}}\
      """;

  private static final Sample SAMPLE =
      new Sample(
          1,
          true,
          "t",
          Duration.ofMillis(1500),
          List.of("a"),
          Map.of("k", "v"),
          Optional.empty(),
          OptionalInt.empty(),
          OptionalLong.empty(),
          Optional.empty());

  @Test
  void whatIsAbsentIsNotWritten() throws Exception {
    assertThat(Json.STRICT.writeValueAsString(SAMPLE)).isEqualTo(GOOD);
    assertThat(Json.TOLERANT.writeValueAsString(SAMPLE)).isEqualTo(GOOD);
  }

  @Test
  void whatIsNotWrittenIsAbsent() throws Exception {
    assertThat(Json.STRICT.readValue(GOOD, Sample.class)).isEqualTo(SAMPLE);
    assertThat(Json.TOLERANT.readValue(GOOD, Sample.class)).isEqualTo(SAMPLE);
  }

  @Test
  void optionalValuesComeBack() throws Exception {
    Sample full =
        new Sample(
            Long.MIN_VALUE,
            false,
            "\u00e4\n\"",
            Duration.ofDays(7),
            List.of(),
            Map.of(),
            Optional.of(""),
            OptionalInt.of(-1),
            OptionalLong.of(Long.MAX_VALUE),
            Optional.of(new Inner("n")));
    assertThat(Json.STRICT.readValue(Json.STRICT.writeValueAsBytes(full), Sample.class))
        .isEqualTo(full);
    assertThat(Json.TOLERANT.readValue(Json.TOLERANT.writeValueAsBytes(full), Sample.class))
        .isEqualTo(full);
  }

  /** Each is {@link #GOOD} with one fault that nobody may overlook in a request. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // an unknown key, here and further in
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":{},"dryrun":true}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":{},"inner":{"name":"a","x":1}}\
        """,
        // a repeated key
        """
        {"number":1,"number":2,"flag":true,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        // a missing one of each kind
        """
        {"flag":true,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[]}\
        """,
        // null, also inside a list or a map
        """
        {"number":null,"flag":true,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":null,"time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[null],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":{"k":null}}\
        """,
        // another type than the one asked for
        """
        {"number":1.5,"flag":true,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":"1","flag":true,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":1,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":"true","text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":5,"time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"1s","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":"a","map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":[]}\
        """,
        """
        {"number":9223372036854775808,"flag":true,"text":"t","time":"PT1S","list":[],"map":{}}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":{},"maybeInt":2147483648}\
        """,
        // what is not one JSON object
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":{}} {}\
        """,
        """
        {"number":1,"flag":true,"text":"t","time":"PT1S","list":[],"map":{}\
        """,
        "[]",
        "5",
        "",
      })
  void strictReadingRefuses(String json) {
    assertThatThrownBy(() -> Json.STRICT.readValue(json, Sample.class))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void tolerantReadingPassesOverUnknownKeys() throws Exception {
    assertThat(
            Json.TOLERANT.readValue(
                GOOD.replace("{\"number\"", "{\"since\":{\"deep\":[1]},\"number\""), Sample.class))
        .isEqualTo(SAMPLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"number", "flag", "text", "time", "list", "map"})
  void tolerantReadingStillNeedsEveryValue(String key) {
    assertThatThrownBy(
            () -> Json.TOLERANT.readValue(GOOD.replace("\"" + key + "\"", "\"x\""), Sample.class))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void neitherFollowsNestingOrTextWithoutBound() {
    String deep = "[".repeat(40) + "]".repeat(40);
    assertThatThrownBy(() -> Json.TOLERANT.readTree(deep)).isInstanceOf(JacksonException.class);
    String text = "\"" + "x".repeat((1 << 20) + 1) + "\"";
    assertThatThrownBy(() -> Json.TOLERANT.readTree(text)).isInstanceOf(JacksonException.class);
  }
}
