package io.longhaul.protocol.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class RequirementsTest {

  @Test
  void goesOnWhenTheNeedIsMet() {
    assertThatCode(() -> Requirements.need(true, "water", true)).doesNotThrowAnyException();
  }

  @Test
  void skipsOnADevelopersMachine() {
    assertThatThrownBy(() -> Requirements.need(false, "water", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("needs water");
  }

  @Test
  void failsWhereEverythingIsRequired() {
    assertThatThrownBy(() -> Requirements.need(false, "water", true))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("water");
  }
}
