package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionSpoolTest {
  private static final SessionId ID = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");

  private static SessionSpool spool(Path root) throws IOException {
    Path directory = root.resolve("longhaul-send-" + ID);
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new SessionSpool(ID, directory);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00000000.chunk",
    "42, 00000042.chunk",
    "99999999, 99999999.chunk",
    "100000000, 100000000.chunk",
  })
  void aChunkHasEightDigitsOrMore(long number, String name, @TempDir Path root) throws Exception {
    Path file = spool(root).chunk(number);
    assertThat(file.getFileName()).hasToString(name);
    assertThat(SessionSpool.chunkNumber(file)).contains(number);
  }

  /** The agent may run under the user's locale, its pump under C.UTF-8. */
  @Test
  void namesDoNotDependOnTheLocale(@TempDir Path root) throws Exception {
    SessionSpool spool = spool(root);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(spool.chunk(42).getFileName()).hasToString("00000042.chunk");
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "42.chunk",
        "00000042.chunky",
        "00000042",
        "x0000042.chunk",
        ".00000042.chunk.new",
        "lock"
      })
  void otherFilesAreNoChunks(String name) {
    assertThat(SessionSpool.chunkNumber(Path.of(name))).isEmpty();
  }

  @Test
  void listsChunkPartAndHaveFiles(@TempDir Path root) throws Exception {
    SessionSpool spool = spool(root);
    List<Path> expected = List.of(spool.chunk(0), spool.part(1), spool.have(1));
    for (Path file : expected) {
      Files.createFile(file);
    }
    for (Path other : List.of(spool.manifest(), spool.fed(), spool.directory().resolve("1.part"))) {
      Files.createFile(other);
    }
    assertThat(spool.chunkFiles()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void deletesAllOfItsFiles(@TempDir Path root) throws Exception {
    SessionSpool spool = spool(root);
    for (Path file :
        List.of(
            spool.request(),
            spool.control(),
            spool.started(),
            spool.outcome(),
            spool.log(),
            spool.manifest(),
            spool.released(),
            spool.fed(),
            spool.sinkFifo(),
            spool.lock(),
            spool.chunk(1),
            spool.part(2),
            spool.have(2),
            spool.directory().resolve(".fed.new"),
            spool.directory().resolve("\u00e4 file of somebody"))) {
      Files.createFile(file);
    }
    spool.delete();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void deletingAgainDoesNothing(@TempDir Path root) throws Exception {
    SessionSpool spool = spool(root);
    spool.delete();
    assertThatCode(spool::delete).doesNotThrowAnyException();
  }

  @Test
  void linksAreRemovedNotFollowed(@TempDir Path root, @TempDir Path elsewhere) throws Exception {
    Path precious = Files.writeString(elsewhere.resolve("precious"), "keep me");
    SessionSpool spool = spool(root);
    Files.createSymbolicLink(spool.chunk(0), precious);
    Files.createSymbolicLink(spool.chunk(1), elsewhere);
    Files.createSymbolicLink(spool.chunk(2), root.resolve("dangling"));
    Files.createLink(spool.chunk(3), precious);
    spool.delete();
    assertThat(precious).hasContent("keep me");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void aLinkInPlaceOfTheDirectoryIsNotFollowed(@TempDir Path root, @TempDir Path elsewhere)
      throws Exception {
    Path precious = Files.writeString(elsewhere.resolve("lock"), "keep me");
    Path link = root.resolve("longhaul-send-" + ID);
    Files.createSymbolicLink(link, elsewhere);
    assertThatThrownBy(() -> new SessionSpool(ID, link).delete()).isInstanceOf(IOException.class);
    assertThat(precious).hasContent("keep me");
    assertThat(link).isSymbolicLink();
  }

  /** The pump's last seconds are awaited; in them somebody exchanges the directory. */
  @Test
  void aLinkThatTakesTheDirectorysPlaceMeanwhileIsNotFollowed(
      @TempDir Path root, @TempDir Path elsewhere) throws Exception {
    SessionSpool spool = spool(root);
    Files.createFile(spool.request());
    Path moved = elsewhere.resolve("moved");
    Path other = Files.createDirectory(elsewhere.resolve("other"));
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
    Path precious = Files.writeString(other.resolve("00000000.chunk"), "keep me");
    Path preciousLock = Files.writeString(other.resolve("lock"), "keep me");
    try (LockHolder pump = LockHolder.start(spool.lock())) {
      assertThat(pump.answer()).isEqualTo("held");
      assertThatThrownBy(() -> spool.delete(_ -> exchange(spool.directory(), moved, other)))
          .isInstanceOf(IOException.class);
    }
    assertThat(precious).hasContent("keep me");
    assertThat(preciousLock).hasContent("keep me");
    assertThat(moved.resolve("request.json")).exists();
    assertThat(spool.directory()).isSymbolicLink();
  }

  private static void exchange(Path directory, Path away, Path target) {
    try {
      Files.move(directory, away);
      Files.createSymbolicLink(directory, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDirectoryOfAnotherUserThatTakesItsPlaceMeanwhileStays(
      @TempDir Path root, @TempDir Path elsewhere) throws Exception {
    Requirements.need("root".equals(System.getProperty("user.name")), "the rights of root");
    SessionSpool spool = spool(root);
    Path theirs = Files.createDirectory(elsewhere.resolve("theirs"));
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rwx------"));
    Files.createFile(theirs.resolve("lock"));
    Files.createFile(theirs.resolve("00000000.chunk"));
    Files.setOwner(
        theirs,
        root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    try (LockHolder pump = LockHolder.start(spool.lock())) {
      assertThat(pump.answer()).isEqualTo("held");
      assertThatThrownBy(() ->
              spool.delete(_ -> {
                try {
                  Files.move(spool.directory(), elsewhere.resolve("moved"));
                  Files.move(theirs, spool.directory());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }))
          .hasMessageContaining("not our directory");
    }
    assertThat(spool.chunk(0)).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-x---", "rwxrwxrwx", "r-x------"})
  void aDirectoryOfAnotherModeIsNotOurs(String mode, @TempDir Path root) throws Exception {
    SessionSpool spool = spool(root);
    Files.createFile(spool.chunk(0));
    Files.setPosixFilePermissions(spool.directory(), PosixFilePermissions.fromString(mode));
    assertThatThrownBy(spool::delete)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not our directory");
    assertThat(spool.chunk(0)).exists();
  }

  @Test
  void aFileInPlaceOfTheDirectoryStays(@TempDir Path root) throws Exception {
    Path file = Files.createFile(root.resolve("longhaul-send-" + ID));
    assertThatThrownBy(() -> new SessionSpool(ID, file).delete()).isInstanceOf(IOException.class);
    assertThat(file).exists();
  }

  /** We never make directories in a session's; one that is there is not ours to empty. */
  @Test
  void aDirectoryInsideStopsItAndKeepsTheLock(@TempDir Path root) throws Exception {
    SessionSpool spool = spool(root);
    Path foreign = Files.createDirectory(spool.directory().resolve("foreign"));
    Files.createFile(foreign.resolve("file"));
    Files.createFile(spool.lock());
    Files.createFile(spool.request());
    assertThatThrownBy(spool::delete).isInstanceOf(IOException.class);
    assertThat(foreign.resolve("file")).exists();
    assertThat(spool.lock()).exists();
    assertThat(spool.isMarked()).as("the next sweep must know it for ours").isTrue();
  }

  @Test
  void severalMayDeleteAtOnce(@TempDir Path root) throws Exception {
    for (int round = 0; round < 20; round++) {
      SessionSpool spool = spool(root);
      for (int i = 0; i < 50; i++) {
        Files.createFile(spool.chunk(i));
      }
      List<Callable<Void>> deleters = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        deleters.add(() -> {
          spool.delete();
          return null;
        });
      }
      try (var tasks = Executors.newFixedThreadPool(3)) {
        for (var done : tasks.invokeAll(deleters)) {
          done.get();
        }
      }
      assertThat(root).isEmptyDirectory();
    }
  }
}
