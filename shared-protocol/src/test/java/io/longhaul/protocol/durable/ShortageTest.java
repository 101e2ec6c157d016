package io.longhaul.protocol.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortageTest {
  @ParameterizedTest
  @CsvSource({
    "No space left on device, SPACE, true",
    "/spool/00000007.part: No space left on device, SPACE, true",
    "/spool/released: Disk quota exceeded, QUOTA, true",
    "/spool/fed: Too many open files, FILES, false",
    "/proc/1/stat: Too many open files in system, FILES, false",
  })
  void isKnownByTheSystemsText(String text, Shortage shortage, boolean ofSpace) {
    IOException e = new IOException(text);
    assertThat(Shortage.of(e)).hasValue(shortage);
    assertThat(Shortage.isOfSpace(e)).isEqualTo(ofSpace);
    assertThat(shortage.remedy()).isNotBlank();
  }

  @Test
  void otherErrorsAreNone() {
    assertThat(Shortage.of(new IOException("Input/output error"))).isEmpty();
    assertThat(Shortage.of(new IOException())).isEmpty();
    assertThat(Shortage.isOfSpace(new IOException("Read-only file system"))).isFalse();
  }
}
