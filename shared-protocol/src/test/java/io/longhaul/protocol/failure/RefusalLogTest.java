package io.longhaul.protocol.failure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.longhaul.protocol.audit.Asker;
import io.longhaul.protocol.audit.AuditLine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLine.LOGGER);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final RefusalLog log = new RefusalLog(nanos::get);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private List<String> facts() {
    return lines.list.stream().map(line -> line.getKeyValuePairs().toString()).toList();
  }

  @Test
  void theSameIsLoggedOnceInFiveMinutes() {
    log.refused("192.0.2.1", "no such token");
    log.refused("192.0.2.1", "no such token");
    log.refused("192.0.2.2", "no such token");
    assertThat(facts())
        .containsExactly(
            "[address=\"192.0.2.1\", reason=\"\"no such token\"\"]",
            "[address=\"192.0.2.2\", reason=\"\"no such token\"\"]");
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    log.refused("192.0.2.1", "no such token");
    assertThat(facts())
        .endsWith("[more=\"1\"]", "[address=\"192.0.2.1\", reason=\"\"no such token\"\"]");
  }

  @Test
  void manyAskersDoNotFillTheLog() {
    for (int i = 0; i < 10_000; i++) {
      log.refused("2001:db8::" + Integer.toHexString(i), "no such token");
    }
    assertThat(facts()).hasSize(50);
  }

  @Test
  void norDoTheyHideWhatOneWhoIsKnownIsRefused() {
    Problem none = Problem.of(ProblemType.NO_SUCH_SESSION, "no session 1 here");
    for (int i = 0; i < 100; i++) {
      log.refused("2001:db8::" + Integer.toHexString(i), "no such token");
      log.refused(new Asker("vault", "192.0.2.1"), "session " + i, "belongs to others", none);
    }
    lines.list.clear();
    log.refused(new Asker("depot", "192.0.2.2"), "session 1", "belongs to others", none);
    log.refused(new Asker("depot", "192.0.2.2"), "session 1", "belongs to others", none);
    assertThat(facts())
        .containsExactly(
            "[identity=\"depot\", address=\"192.0.2.2\", wish=\"\"session 1\"\","
                + " rule=\"\"belongs to others\"\", outcome=\"404\"]");
  }
}
