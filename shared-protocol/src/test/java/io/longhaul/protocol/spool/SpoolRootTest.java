package io.longhaul.protocol.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.testing.Requirements;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolRootTest {
  private static final SessionId OLD = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionId NEW = new SessionId("01k6zv5q8s3m9x2c7b4t0hfgjd");

  @Test
  void aDirectoryWhoseNameNoPumpCouldBeToldIsRefused(@TempDir Path parent) throws Exception {
    Path directory = Files.createDirectory(parent.resolve("a\n"));
    assertThatThrownBy(() -> SpoolRoot.open(directory, Role.SEND))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining("line break");
  }

  @Test
  void aSessionIsCreatedWithItsRequest(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      SessionSpool spool = spools.create(OLD, "{}".getBytes(UTF_8));
      assertThat(spool.directory()).isEqualTo(root.resolve("longhaul-send-" + OLD));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.directory())))
          .isEqualTo("rwx------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.request())))
          .isEqualTo("rw-------");
      assertThat(spool.request()).hasContent("{}");
      assertThat(spool).isEqualTo(spools.session(OLD));
    }
  }

  @Test
  void anExistingDirectoryIsNeverTakenOver(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      spools.create(OLD, "first".getBytes(UTF_8));
      assertThatThrownBy(() -> spools.create(OLD, "second".getBytes(UTF_8)))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(spools.session(OLD).request()).hasContent("first");

      Files.createSymbolicLink(spools.session(NEW).directory(), root);
      assertThatThrownBy(() -> spools.create(NEW, "x".getBytes(UTF_8)))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
  }

  @Test
  void listsItsOwnSessionsByAge(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND);
        SpoolRoot receives = SpoolRoot.open(root, Role.RECEIVE)) {
      spools.create(NEW, new byte[0]);
      spools.create(OLD, new byte[0]);
      receives.create(OLD, new byte[0]);
      SessionId id = new SessionId("01k6zv5q8t3m9x2c7b4t0hfgjd");
      Files.createDirectory(root.resolve("longhaul-send-" + id)); // mode 0755
      Files.setPosixFilePermissions(
          root.resolve("longhaul-send-" + id), PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.createSymbolicLink(
          root.resolve("longhaul-send-01k6zv5q8v3m9x2c7b4t0hfgjd"),
          spools.session(OLD).directory());
      Files.createFile(root.resolve("longhaul-send-01k6zv5q8w3m9x2c7b4t0hfgjd"));
      Files.createDirectory(root.resolve("longhaul-send-nonsense"));
      Tombstones.open(spools, Role.SEND, Mark.class);

      assertThat(spools.sessions()).extracting(SessionSpool::id).containsExactly(OLD, NEW);
      assertThat(receives.sessions()).extracting(SessionSpool::id).containsExactly(OLD);
    }
  }

  @Test
  void aDirectoryOfSomebodyElseIsNotListed(@TempDir Path root) throws Exception {
    Requirements.need("root".equals(System.getProperty("user.name")), "the rights of root");
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      Path directory = spools.create(OLD, new byte[0]).directory();
      Files.setOwner(
          directory,
          root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
      assertThat(spools.sessions()).isEmpty();
      assertThatThrownBy(() -> spools.session(OLD).delete())
          .hasMessageContaining("not our directory");
    }
  }

  @Test
  void theRootHasToBeADirectory(@TempDir Path dir) throws Exception {
    assertThatThrownBy(() -> SpoolRoot.open(dir.resolve("none"), Role.SEND))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining("create it");
    Path file = Files.createFile(dir.resolve("file"));
    assertThatThrownBy(() -> SpoolRoot.open(file, Role.SEND))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining("not a directory");
  }

  @Test
  void aLinkInPlaceOfTheLockIsRefused(@TempDir Path root, @TempDir Path elsewhere)
      throws Exception {
    Files.createSymbolicLink(root.resolve(".agent-send.lock"), elsewhere.resolve("created"));
    assertThatThrownBy(() -> SpoolRoot.open(root, Role.SEND))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining(root.toString());
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aRootThatCannotBeWrittenIsNamed() {
    Path root = Path.of("/proc/self");
    assertThatThrownBy(() -> SpoolRoot.open(root, Role.SEND))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining("Tried to write to the spool directory " + root)
        .hasMessageContaining("check its owner, mode and free space");
  }

  @Test
  void tellsWhatThereIs(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      assertThat(spools.usableBytes()).isPositive();
      String type = Files.getFileStore(root).type();
      assertThat(spools.isInMemory()).isEqualTo(type.equals("tmpfs") || type.equals("ramfs"));
    }
  }
}
