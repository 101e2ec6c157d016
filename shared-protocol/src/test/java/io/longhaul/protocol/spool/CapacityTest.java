package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapacityTest {
  private static final long LIMIT = 1000;

  @TempDir private Path directory;
  private final SessionId one = SessionId.create(InstantSource.system());
  private final SessionId other = SessionId.create(InstantSource.system());
  private SpoolRoot root;

  @BeforeEach
  void open() throws Exception {
    root = SpoolRoot.open(directory, Role.SEND);
  }

  @AfterEach
  void close() throws Exception {
    root.close();
  }

  private void require(Capacity capacity, Map<SessionId, Long> promised) throws Exception {
    capacity.require(root, promised);
  }

  private void assertRefused(Capacity capacity, Map<SessionId, Long> promised, ProblemType why) {
    assertThatThrownBy(() -> require(capacity, promised))
        .asInstanceOf(type(ProblemException.class))
        .satisfies(e -> assertThat(e.problem().known()).contains(why));
  }

  @Test
  void asManySessionsAsAllowed() {
    Capacity two = new Capacity(2, Optional.empty());
    assertThatNoException().isThrownBy(() -> require(two, Map.of(one, LIMIT, other, LIMIT)));
    assertRefused(
        new Capacity(1, Optional.empty()),
        Map.of(one, LIMIT, other, LIMIT),
        ProblemType.TOO_MANY_REQUESTS);
  }

  @Test
  void whatIsPromisedCountsAlsoWhileItIsNotUsed() {
    Map<SessionId, Long> promised = Map.of(one, LIMIT, other, LIMIT);
    assertThatNoException()
        .isThrownBy(() -> require(new Capacity(9, Optional.of(2 * LIMIT)), promised));
    assertRefused(new Capacity(9, Optional.of(2 * LIMIT - 1)), promised, ProblemType.NO_SPACE);
  }

  @Test
  void whatAnEndedSessionHasLeftCounts() throws Exception {
    SessionSpool left = root.create(other, new byte[0]);
    Files.write(left.directory().resolve("00000000.chunk"), new byte[300]);
    Map<SessionId, Long> promised = Map.of(one, LIMIT);
    assertThatNoException()
        .isThrownBy(() -> require(new Capacity(9, Optional.of(LIMIT + 300)), promised));
    assertRefused(new Capacity(9, Optional.of(LIMIT + 299)), promised, ProblemType.NO_SPACE);
  }
}
