package io.longhaul.protocol.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.JsonFault;
import io.longhaul.protocol.failure.Failures;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.FilesystemsHead;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private static final long MOST_LISTING_BYTES = 128L << 20;
  private static final Duration MOST_TIME = Duration.ofMinutes(2);
  private static final Duration MOST_RETRY_AFTER = Duration.ofHours(1);
  private static final Duration CREATION = Duration.ofMinutes(1);

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
   * The answer to {@code GET /v1/filesystems}, put together.
   *
   * @param zfs what the agent's ZFS can do
   * @param datasets as far as the asker may know of them
   */
  public record Filesystems(ZfsFeatures zfs, List<Dataset> datasets) {}

  /**
   * {@code GET}s the datasets at {@code path}, line by line; as to {@code wait}, see {@link #get}.
   *
   * @throws TransferException as {@link #get}, and if there are less than announced
   */
  public Filesystems filesystems(String path, Duration wait) throws TransferException {
    String what = "read " + path;
    return call(
        what,
        connection.request(path).get().build(),
        wait,
        body -> {
          try (JsonParser parser = Json.TOLERANT.createParser(limited(body))) {
            FilesystemsHead head = line(what, parser, FilesystemsHead.class);
            List<Dataset> datasets = new ArrayList<>();
            while (datasets.size() < head.datasets()) {
              datasets.add(line(what, parser, Dataset.class));
            }
            return new Filesystems(head.zfs(), List.copyOf(datasets));
          }
        });
  }

  /**
   * {@code PUT}s {@code body} to {@code path}. That begins a session, for which the server may have
   * to ask its ZFS, which may be busy: it may take a minute to begin its answer.
   *
   * @throws TransferException as {@link #get}
   */
  public <T> T put(String path, Object body, Class<T> type) throws TransferException {
    return call("put " + path, connection.request(path).put(json(body)).build(), CREATION, type);
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

  private <T> T line(String what, JsonParser parser, Class<T> type)
      throws IOException, RetryableException {
    T line = parser.nextToken() == null ? null : parser.readValueAs(type);
    if (line == null) {
      throw unfit(where(what), "it ends too early, or says null");
    }
    return line;
  }

  private static InputStream limited(InputStream body) {
    return new LimitedInput(body, MOST_LISTING_BYTES);
  }

  /** Reads the body of an answer that is none of failure. */
  private interface Reader<T> {
    T read(InputStream body) throws IOException, RetryableException;
  }

  private <T> T call(String what, Request request, Duration wait, Class<T> type)
      throws TransferException {
    return call(
        what,
        request,
        wait,
        body -> {
          T reply = Json.TOLERANT.readValue(whole(what, body), type);
          if (reply == null) {
            throw unfit(where(what), "it says null");
          }
          return reply;
        });
  }

  private byte[] whole(String what, InputStream body) throws IOException, RetryableException {
    byte[] bytes = body.readNBytes(mostBytes + 1);
    if (bytes.length > mostBytes) {
      throw unfit(where(what), "it is longer than " + mostBytes + " bytes");
    }
    return bytes;
  }

  private String where(String what) {
    return what + " at " + connection;
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
    String where = where(what);
    try (Response response = client.newCall(request).execute()) {
      connection.requireCommonVersion(what, response);
      if (!response.isSuccessful()) {
        byte[] bytes = whole(what, response.body().byteStream());
        throw Failures.ofReply(
            where, response.code(), problem(response, bytes), retryAfter(response));
      }
      return reader.read(response.body().byteStream());
    } catch (JacksonException e) {
      throw unfit(where, JsonFault.of(e).toString());
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
