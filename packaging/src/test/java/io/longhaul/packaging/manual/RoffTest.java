package io.longhaul.packaging.manual;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoffTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain|plain",
        "--json|\\-\\-json",
        ".TH at the start|\\&.TH at the start",
        "'quoted' start|\\&'quoted' start",
        "a\\b|a\\eb",
      })
  void nothingInTheTextIsReadAsACommand(String text, String roff) {
    assertThat(Roff.escape(text)).isEqualTo(roff);
  }

  @Test
  void blankLinesBecomeParagraphsAndBreaksStay() {
    assertThat(new Roff().text("one\ntwo\n\nthree\n")).hasToString("one\n.br\ntwo\n.PP\nthree\n");
  }
}
