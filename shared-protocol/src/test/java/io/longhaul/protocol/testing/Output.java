package io.longhaul.protocol.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Everything that others than the reader of a secret file could see of this JVM. */
public final class Output implements AutoCloseable {
  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private static final Logger OURS = (Logger) LoggerFactory.getLogger("io.longhaul");

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
  private final StringBuilder answers = new StringBuilder();

  /** Begins to listen to every level of our own loggers, and to what others say anyway. */
  public Output() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(ROOT.getLoggerContext());
    encoder.setPattern("%level %logger %msg %kvp %mdc%n%ex{full}");
    encoder.start();
    appender.setContext(ROOT.getLoggerContext());
    appender.setEncoder(encoder);
    appender.setOutputStream(log);
    appender.start();
    ROOT.addAppender(appender);
    OURS.setLevel(Level.TRACE);
  }

  /** Adds what somebody was answered or shown. */
  public void add(Object shown) {
    answers
        .append(
            shown instanceof Throwable e
                ? ThrowableProxyUtil.asString(new ThrowableProxy(e))
                : shown)
        .append('\n');
  }

  /** Adds the command line of this process and of each that it has started. */
  public void addProcesses() throws IOException {
    try (Stream<ProcessHandle> processes = ProcessHandle.current().descendants()) {
      for (ProcessHandle process :
          Stream.concat(Stream.of(ProcessHandle.current()), processes).toList()) {
        Path line = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
          add(Files.readString(line, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          // it has ended meanwhile
        }
      }
    }
  }

  /** Returns all of it. */
  public String text() {
    return log.toString(StandardCharsets.UTF_8) + answers;
  }

  @Override
  public void close() {
    OURS.setLevel(null);
    ROOT.detachAppender(appender);
    appender.stop();
  }
}
