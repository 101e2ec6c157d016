package io.longhaul.sender;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.status.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of the log that the agent brings along. */
class LoggingTest {
  private static final String ROUTE =
      """
      <included>
        <appender name="audit" class="ch.qos.logback.core.FileAppender">
          <file>FILE</file>
          <encoder>
            <pattern>%msg %kvp{NONE}%n</pattern>
          </encoder>
        </appender>
        <logger name="audit" additivity="false">
          <appender-ref ref="audit"/>
        </logger>
      </included>
      """;

  @TempDir private Path folder;

  private static LoggerContext configure(String logging) throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    if (!logging.isEmpty()) {
      context.putProperty("LONGHAUL_LOGGING", logging);
    }
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Objects.requireNonNull(SenderAgent.class.getResource("/logback.xml")));
    return context;
  }

  @Test
  void theAuditLogMayHaveAFileOfItsOwn() throws Exception {
    Path file = folder.resolve("audit.log");
    Path route =
        Files.writeString(folder.resolve("logging.xml"), ROUTE.replace("FILE", file.toString()));
    LoggerContext context = configure(route.toString());
    ListAppender<ILoggingEvent> others = new ListAppender<>();
    others.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(others);
    context.getLogger("audit").atInfo().addKeyValue("identity", "vault").log("started");
    context.getLogger("other").info("something else");
    context.stop();
    assertThat(file).hasContent("started identity=vault");
    assertThat(others.list).extracting(ILoggingEvent::getMessage).containsExactly("something else");
  }

  @Test
  void withoutOneNothingIsComplainedOf() throws Exception {
    LoggerContext context = configure("");
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .allSatisfy(status -> assertThat(status.getLevel()).isLessThan(Status.WARN));
    context.stop();
  }

  @Test
  void whatAPeerSaysNeverBeginsALine() throws Exception {
    LoggerContext context = configure("");
    AppenderAttachable<ILoggingEvent> root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    OutputStreamAppender<ILoggingEvent> stderr =
        (OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr");
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    root.addAppender(events);
    root.detachAppender(stderr);
    context
        .getLogger("io.longhaul.Session")
        .atInfo()
        .addKeyValue("reason", "a\r\nb\u2028c")
        .log("session changed");
    assertThat(
            new String(stderr.getEncoder().encode(events.list.getFirst()), StandardCharsets.UTF_8))
        .matches("\\S+ INFO  Session: session changed reason=a \\| b \\| c\n");
    context.stop();
  }
}
