package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolFileTest {

  static List<Object> contents() {
    ProcessIdentity process = new ProcessIdentity(7, 1L << 40, "boot");
    Failure failure = Failure.resumable(FailureKind.SINK_FAILED, "no\nroom");
    return List.of(
        new Mark(3, 1L << 50, true),
        Mark.NONE,
        new Control(failure),
        new Outcome(OptionalInt.of(137), Optional.of(failure), "cannot \u00e4 receive"),
        new Outcome(OptionalInt.empty(), Optional.empty(), ""),
        new Started(process, 1, Optional.empty()),
        new Started(process, 2, Optional.of(process)));
  }

  @ParameterizedTest
  @MethodSource("contents")
  void whatIsWrittenComesBack(Object content, @TempDir Path dir) throws Exception {
    Path path = dir.resolve("file.json");
    SpoolFile.write(path, content);
    assertThat(SpoolFile.read(path, content.getClass()).map(Object.class::cast)).contains(content);
    Files.delete(path);
    SpoolFile.force(path, content);
    assertThat(SpoolFile.read(path, content.getClass()).map(Object.class::cast)).contains(content);
  }

  @Test
  void aKeyOfAnotherVersionIsPassedOver(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fed");
    Files.writeString(path, "{\"to\":1,\"bytes\":2,\"complete\":false,\"when\":\"today\"}");
    assertThat(SpoolFile.read(path, Mark.class)).contains(new Mark(1, 2, false));
  }

  @Test
  void noFileIsNoContent(@TempDir Path dir) throws Exception {
    assertThat(SpoolFile.read(dir.resolve("fed"), Mark.class)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{\"to\":1", "{\"to\":1}", "\u0000\u0000"})
  void aDamagedFileIsNamed(String text, @TempDir Path dir) throws Exception {
    Path path = Files.writeString(dir.resolve("fed"), text);
    assertThatThrownBy(() -> SpoolFile.read(path, Mark.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path + " but it is damaged");
  }
}
