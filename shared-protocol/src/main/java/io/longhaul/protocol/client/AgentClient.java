package io.longhaul.protocol.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.JsonFault;
import io.longhaul.protocol.failure.Failures;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The JSON calls of the API to one agent. Each call is one attempt; whoever calls decides about the
 * next. All calls of the API may be repeated. Thread-safe; an interrupt ends a call.
 */
public final class AgentClient {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final int MOST_REPLY_BYTES = 8 << 20;
  private static final Duration MOST_TIME = Duration.ofMinutes(2);
  private static final Duration MOST_RETRY_AFTER = Duration.ofHours(1);

  private final AgentConnection connection;
  private final int mostBytes;
  private final Duration mostTime;

  /** Creates the calls over a connection, with answers of up to 8 MiB. */
  public AgentClient(AgentConnection connection) {
    this(connection, MOST_REPLY_BYTES);
  }

  /**
   * Creates the calls over a connection.
   *
   * @param mostBytes how long an answer may be; what is read of one takes several times as much
   *     memory
   */
  public AgentClient(AgentConnection connection, int mostBytes) {
    this(connection, mostBytes, MOST_TIME);
  }

  AgentClient(AgentConnection connection, int mostBytes, Duration mostTime) {
    this.connection = connection;
    this.mostBytes = mostBytes;
    this.mostTime = mostTime;
  }

  /**
   * {@code GET}s {@code path}; the server may take up to {@code wait} to begin its answer, and 10
   * s; all of it has to be there 2 minutes after that, however slowly it comes.
   *
   * @throws TransferException if there is no answer of {@code type}; see {@link Failures}
   */
  public <T> T get(String path, Duration wait, Class<T> type) throws TransferException {
    return call("read " + path, connection.request(path).get().build(), wait, type);
  }

  /**
   * {@code GET}s {@code path}, whose answer is lines of JSON: a head, and items after it, as many as
   * there are. As to {@code wait}, see {@link #get}.
   *
   * @param items takes each item; what it took means nothing if this throws
   * @return the head
   * @throws TransferException as {@link #get}
   */
  public <H, T> H lines(
      String path, Duration wait, Class<H> head, Class<T> item, Consumer<T> items)
      throws TransferException {
    return call(
        "read " + path,
        connection.request(path).get().build(),
        wait,
        body -> {
          try (JsonParser parser = Json.TOLERANT.createParser(body)) {
            H first = Json.TOLERANT.readValue(parser, head);
            while (parser.nextToken() != null) {
              items.accept(Json.TOLERANT.readValue(parser, item));
            }
            return first;
          }
        });
  }

  /**
   * {@code PUT}s {@code body} to {@code path}.
   *
   * @throws TransferException as {@link #get}
   */
  public <T> T put(String path, Object body, Class<T> type) throws TransferException {
    return call(
        "put " + path, connection.request(path).put(json(body)).build(), Duration.ZERO, type);
  }

  /**
   * {@code POST}s {@code body} to {@code path}; as to {@code wait}, see {@link #get}.
   *
   * @throws TransferException as {@link #get}
   */
  public <T> T post(String path, Object body, Duration wait, Class<T> type)
      throws TransferException {
    return call("post " + path, connection.request(path).post(json(body)).build(), wait, type);
  }

  /**
   * {@code DELETE}s {@code path}.
   *
   * @throws TransferException as {@link #get}
   */
  public <T> T delete(String path, Class<T> type) throws TransferException {
    return call("delete " + path, connection.request(path).delete().build(), Duration.ZERO, type);
  }

  private static RequestBody json(Object body) {
    try {
      return RequestBody.create(Json.TOLERANT.writeValueAsBytes(body), JSON);
    } catch (JacksonException e) {
      throw new IllegalStateException("a request cannot be written as JSON", e);
    }
  }

  private interface Reader<T> {
    @Nullable T read(InputStream body) throws IOException;
  }

  private <T> T call(String what, Request request, Duration wait, Class<T> type)
      throws TransferException {
    return call(what, request, wait, body -> Json.TOLERANT.readValue(bounded(body), type));
  }

  private byte[] bounded(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(mostBytes + 1);
    if (bytes.length > mostBytes) {
      throw new TooLong();
    }
    return bytes;
  }

  private static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private <T> T call(String what, Request request, Duration wait, Reader<T> reader)
      throws TransferException {
    OkHttpClient shared = connection.client();
    OkHttpClient client =
        shared
            .newBuilder()
            .readTimeout(wait.plusMillis(shared.readTimeoutMillis()))
            .callTimeout(wait.plus(mostTime))
            .build();
    String where = what + " at " + connection;
    try (Response response = client.newCall(request).execute()) {
      connection.requireCommonVersion(what, response);
      InputStream body = response.body().byteStream();
      if (!response.isSuccessful()) {
        throw Failures.ofReply(
            where, response.code(), problem(response, bounded(body)), retryAfter(response));
      }
      T reply = reader.read(body);
      if (reply == null) {
        throw unfit(where, "it says null");
      }
      return reply;
    } catch (JacksonException e) {
      throw unfit(where, JsonFault.of(e).toString());
    } catch (TooLong e) {
      throw unfit(where, "it is longer than " + mostBytes + " bytes");
    } catch (IOException e) {
      throw AgentConnection.unanswered(where, e);
    }
  }

  private static RetryableException unfit(String where, String why) {
    return new RetryableException(
        "Tried to " + where + " but the answer is not what it should be: " + why, Duration.ZERO);
  }

  /** Returns the problem in an answer's body, if it is one. */
  public static Optional<Problem> problem(Response response, byte[] body) {
    String type = response.header("Content-Type", "");
    if (type == null || !type.startsWith(Problem.MEDIA_TYPE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.TOLERANT.readValue(body, Problem.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the {@code Retry-After} of an answer in seconds (RFC 9110 section 10.2.3), at most 1 h.
   */
  public static Duration retryAfter(Response response) {
    return seconds(response.header("Retry-After"));
  }

  private static Duration seconds(@Nullable String header) {
    if (header == null || !header.matches("\\d{1,9}")) {
      return Duration.ZERO;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(header));
    return asked.compareTo(MOST_RETRY_AFTER) > 0 ? MOST_RETRY_AFTER : asked;
  }
}
