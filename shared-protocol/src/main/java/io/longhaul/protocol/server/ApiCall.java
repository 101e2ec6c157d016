package io.longhaul.protocol.server;

import com.fasterxml.jackson.core.JacksonException;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.JsonFault;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.audit.Asker;
import io.longhaul.protocol.audit.AuditLine;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One authenticated request: who asks, for what, with which body. Used by one thread. */
public final class ApiCall {
  /* The digits are bounded so that every match fits a long. */
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

  private final HttpServerExchange exchange;
  private final Identity identity;
  private final Asker asker;
  private final byte[] body;

  ApiCall(HttpServerExchange exchange, Identity identity, Asker asker, byte[] body) {
    this.exchange = exchange;
    this.identity = identity;
    this.asker = asker;
    this.body = body;
  }

  /** Returns who asks. */
  public Identity identity() {
    return identity;
  }

  /**
   * Begins a line of the audit log about what this call did.
   *
   * @param what a verb in the past
   */
  public AuditLine audit(String what) {
    return AuditLine.of(what).by(asker);
  }

  /**
   * Returns the session that the path names.
   *
   * @throws ProblemException as for a session that does not exist, if it is not even an id
   */
  public SessionId session() throws ProblemException {
    String text = path("id");
    try {
      return new SessionId(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.NO_SUCH_SESSION, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns a variable of the route's path template, decoded.
   *
   * @throws ProblemException if the query gives one of the same name, or it cannot be a name
   */
  public String path(String name) throws ProblemException {
    String text = parameter(name, exchange.getQueryParameters().get(name));
    try {
      return ConfiguredName.check(name, text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns a whole number of the path or the query, of at most 18 digits.
   *
   * @param absent what it is when the request does not give it
   * @param least the smallest allowed
   * @param most the largest allowed
   * @throws ProblemException if it is not a number from {@code least} to {@code most}
   */
  public long number(String name, long absent, long least, long most) throws ProblemException {
    Deque<String> values = exchange.getQueryParameters().get(name);
    if (values == null) {
      return absent;
    }
    String text = parameter(name, values);
    if (NUMBER.matcher(text).matches()) {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw new ProblemException(
        ProblemType.BAD_REQUEST,
        name + " must be a number from " + least + " to " + most + ", was '" + text + "'");
  }

  /**
   * Returns a parameter of the query, decoded.
   *
   * @throws ProblemException if it is given more than once
   */
  public Optional<String> query(String name) throws ProblemException {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? Optional.empty() : Optional.of(parameter(name, values));
  }

  private static String parameter(String name, @Nullable Deque<String> values)
      throws ProblemException {
    if (values == null || values.size() != 1) {
      throw new ProblemException(ProblemType.BAD_REQUEST, name + " must be given once");
    }
    return values.getFirst();
  }

  /**
   * Reads the JSON body strictly.
   *
   * @throws ProblemException if it is not a {@code type}, saying what is wrong with which key
   */
  public <T> T body(Class<T> type) throws ProblemException {
    try {
      T value = Json.STRICT.readValue(body, type);
      if (value == null) {
        throw new ProblemException(ProblemType.BAD_REQUEST, "the body is null");
      }
      return value;
    } catch (JacksonException e) {
      JsonFault fault = JsonFault.of(e);
      throw new ProblemException(
          ProblemType.BAD_REQUEST, (fault.key().isEmpty() ? "the body: " : "") + fault);
    } catch (IOException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the body is not in UTF-8");
    }
  }
}
