package io.longhaul.protocol.audit;

import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line of the audit log, which has a logger of its own, {@value #LOGGER}. A value that could be
 * mistaken for several is put in quotation marks, so that nobody can write a line that tells of
 * another. Used by one thread.
 */
public final class AuditLine {
  /** The name of the logger. */
  public static final String LOGGER = "audit";

  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
  private static final int MOST_CHARACTERS = 300;
  private static final Pattern NOT_SHOWN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
  private static final Pattern PLAIN = Pattern.compile("[^\\s\"\\\\=]+");

  private final String what;
  private LoggingEventBuilder line;

  private AuditLine(Level level, String what) {
    this.line = LOG.atLevel(level);
    this.what = what;
  }

  /**
   * Begins a line about what was done.
   *
   * @param what a verb in the past
   */
  public static AuditLine of(String what) {
    return new AuditLine(Level.INFO, what);
  }

  /** Begins a line about what was refused. */
  public static AuditLine refused() {
    return new AuditLine(Level.WARN, "refused");
  }

  /** Adds who asked for it. */
  public AuditLine by(Asker asker) {
    return with("identity", asker.identity()).with("address", asker.address());
  }

  /** Adds a fact. */
  public AuditLine with(String key, Object value) {
    line = line.addKeyValue(key, shown(String.valueOf(value)));
    return this;
  }

  /** Writes the line. */
  public void log() {
    line.log(what);
  }

  private static String shown(String value) {
    String text =
        NOT_SHOWN
            .matcher(value.substring(0, Math.min(value.length(), MOST_CHARACTERS)))
            .replaceAll("?");
    return PLAIN.matcher(text).matches()
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
