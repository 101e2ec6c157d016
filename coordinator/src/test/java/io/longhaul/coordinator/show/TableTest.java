package io.longhaul.coordinator.show;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void alignsColumnsAndLeavesNoSpaceAtTheEnd() {
    Table table = new Table("A", "LONG").row("value", "x").row("v", "");
    assertThat(table.lines()).containsExactly("A      LONG", "value  x", "v");
  }

  @Test
  void knowsWhenItIsEmpty() {
    assertThat(new Table("A").isEmpty()).isTrue();
    assertThat(new Table("A").row("1").isEmpty()).isFalse();
  }
}
