package io.longhaul.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longhaul.protocol.zfs.DatasetName;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "office:tank",
        "office:tank/vm",
        "office:tank/vm@daily",
        "office:tank/with space@a b",
        "office:tank/co:lon@x:y",
        "office::pg-main",
        "a.b-c_1:tank",
        "7:tank",
        "office::7.x_-"
      })
  void isWrittenAsItIsRead(String text) {
    assertThat(Endpoint.parse(text)).hasToString(text);
  }

  @Test
  void tellsDatasetSnapshotAndStreamApart() {
    var tank = DatasetName.parse("tank/vm");
    assertThat(Endpoint.parse("office:tank/vm@daily"))
        .isEqualTo(new Endpoint("office", new Endpoint.Place.Dataset(tank, Optional.of("daily"))));
    assertThat(Endpoint.parse("office:tank/vm").place())
        .isEqualTo(new Endpoint.Place.Dataset(tank, Optional.empty()));
    assertThat(Endpoint.parse("office::pg").place()).isEqualTo(new Endpoint.Place.Stream("pg"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "tank/vm | names no agent",
        "\"\" | names no agent",
        ":tank | '' cannot be the name of an agent",
        "::pg | '' cannot be the name of an agent",
        "of fice:tank | 'of fice' cannot be the name of an agent",
        "-x:tank | '-x' cannot be the name of an agent",
        "office: | component is empty",
        "office:: | '' cannot be the name of a stream",
        "office::a/b | 'a/b' cannot be the name of a stream",
        "office::a@b | 'a@b' cannot be the name of a stream",
        "office:/tank | begins with a slash",
        "office:tank/ | ends with a slash",
        "office:tank@ | component is empty",
        "office:tank@a@b | '@' (U+0040) is not allowed",
        "office:-tank | does not begin with a letter",
        "office:tank/$(x) | '$' (U+0024) is not allowed",
      })
  void refusesWhatIsNoEndpointAndSaysWhatToWrite(String text, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.parse(text))
        .withMessageContaining(why)
        .withMessageContaining("AGENT:DATASET[@SNAPSHOT]");
  }
}
