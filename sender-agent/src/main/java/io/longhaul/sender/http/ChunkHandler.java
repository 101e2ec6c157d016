package io.longhaul.sender.http;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ContentRange;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.sender.session.SendSession;
import io.longhaul.sender.session.SendSessions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Deque;
import org.xnio.IoUtils;

/**
 * Answers {@code GET} and {@code HEAD} of a chunk as RFC 9110 has it. Runs on the I/O threads: what
 * it reads is a line of the manifest, and then the chunk goes by sendfile.
 */
final class ChunkHandler implements HttpHandler {
  private static final HttpString REPR_DIGEST = new HttpString("Repr-Digest");
  private static final HttpString CACHE_CONTROL = new HttpString("Cache-Control");

  private final SendSessions sessions;
  private final ApiRoutes routes;
  private final Paces paces;

  ChunkHandler(SendSessions sessions, ApiRoutes routes, Paces paces) {
    this.sessions = sessions;
    this.routes = routes;
    this.paces = paces;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    try {
      answer(exchange);
    } catch (ProblemException e) {
      routes.refuse(exchange, e);
    } catch (IOException | RuntimeException e) {
      ApiRoutes.fault(exchange, e);
    }
  }

  private void answer(HttpServerExchange exchange) throws ProblemException, IOException {
    sessions.requireReady();
    SendSession session = sessions.reading(sessionId(exchange), ApiRoutes.identity(exchange));
    ChunkRecord chunk = session.chunk(number(exchange));
    HeaderMap reply = exchange.getResponseHeaders();
    reply.put(Headers.ETAG, chunk.digests().entityTag());
    reply.put(Headers.ACCEPT_RANGES, "bytes");
    reply.put(CACHE_CONTROL, "private, no-transform");
    switch (Preconditions.decide(
        exchange.getRequestMethod(),
        exchange.getRequestHeaders(),
        chunk.digests().entityTag(),
        chunk.length())) {
      case Preconditions.Answer.Failed _ ->
          throw new ProblemException(
              ProblemType.PRECONDITION_FAILED,
              "chunk " + chunk.chunk() + " has the entity tag " + chunk.digests().entityTag());
      case Preconditions.Answer.NotModified _ -> {
        exchange.setStatusCode(StatusCodes.NOT_MODIFIED);
        exchange.endExchange();
      }
      case Preconditions.Answer.Unsatisfiable _ -> {
        reply.put(Headers.CONTENT_RANGE, ContentRange.unsatisfied(chunk.length()));
        ApiRoutes.problem(
            exchange,
            Problem.of(
                ProblemType.RANGE_NOT_SATISFIABLE,
                "chunk " + chunk.chunk() + " has " + chunk.length() + " bytes"));
      }
      case Preconditions.Answer.Whole _ -> {
        exchange.setStatusCode(StatusCodes.OK);
        body(exchange, session, chunk, new ByteRange(0, chunk.length()));
      }
      case Preconditions.Answer.Part part -> {
        exchange.setStatusCode(StatusCodes.PARTIAL_CONTENT);
        reply.put(Headers.CONTENT_RANGE, new ContentRange(part.range(), chunk.length()).header());
        body(exchange, session, chunk, part.range());
      }
    }
  }

  private void body(
      HttpServerExchange exchange, SendSession session, ChunkRecord chunk, ByteRange range)
      throws ProblemException, IOException {
    FileChannel file = open(session, chunk);
    HeaderMap reply = exchange.getResponseHeaders();
    reply.put(REPR_DIGEST, chunk.digests().reprDigest());
    reply.put(Headers.CONTENT_TYPE, "application/octet-stream");
    if (exchange.getRequestMethod().equals(Methods.HEAD)) {
      IoUtils.safeClose(file);
      exchange.setResponseContentLength(range.length());
      exchange.endExchange();
      return;
    }
    session.reads().begin(ApiRoutes.asker(exchange));
    FileBody.send(
        exchange, file, range, paces.of(ApiRoutes.identity(exchange)), session.reads()::add);
  }

  private static FileChannel open(SendSession session, ChunkRecord chunk)
      throws ProblemException, IOException {
    Path path = session.chunkFile(chunk);
    FileChannel file;
    try {
      file = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw session.missing(chunk, path + " is gone");
    }
    if (file.size() != chunk.length()) {
      long size = file.size();
      file.close();
      throw session.missing(chunk, path + " has " + size + " bytes instead of " + chunk.length());
    }
    return file;
  }

  private static SessionId sessionId(HttpServerExchange exchange) throws ProblemException {
    String text = path(exchange, "id");
    return SessionId.parse(text)
        .orElseThrow(() ->
            new ProblemException(
                ProblemType.NO_SUCH_SESSION, "'" + text + "' is not a session's id"));
  }

  private static long number(HttpServerExchange exchange) throws ProblemException {
    String text = path(exchange, "chunk");
    if (!text.matches("\\d{1,18}")) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "a chunk has a number from 0, was '" + text + "'");
    }
    return Long.parseLong(text);
  }

  private static String path(HttpServerExchange exchange, String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? "" : values.getFirst();
  }
}
