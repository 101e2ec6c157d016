package io.longhaul.protocol.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class AuditLineTest {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("audit");

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void itSaysWhoDidWhat() {
    AuditLine.of("started").by(new Asker("vault", "192.0.2.1")).with("source", "tank/vm@a").log();
    ILoggingEvent line = lines.list.getFirst();
    assertThat(line.getLevel()).isEqualTo(Level.INFO);
    assertThat(line.getMessage()).isEqualTo("started");
    assertThat(line.getKeyValuePairs())
        .extracting(fact -> fact.key + "=" + fact.value)
        .containsExactly("identity=vault", "address=192.0.2.1", "source=tank/vm@a");
  }

  static String[][] values() {
    return new String[][] {
      {"tank/vm@a", "tank/vm@a"},
      {"2001:db8::1", "2001:db8::1"},
      {"", "\"\""},
      {"x identity=admin", "\"x identity=admin\""},
      {"x\" identity=admin", "\"x\\\" identity=admin\""},
      {"x\\", "\"x\\\\\""},
      {"x\nINFO audit: started", "\"x?INFO audit: started\""},
      {"a\u2028b\u202ec\u001b[0m", "a?b?c?[0m"},
      {"y".repeat(1000), "y".repeat(300)},
    };
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueStaysOneValue(String value, String shown) {
    AuditLine.of("started").with("source", value).log();
    assertThat(lines.list.getFirst().getKeyValuePairs().getFirst().value).isEqualTo(shown);
  }
}
