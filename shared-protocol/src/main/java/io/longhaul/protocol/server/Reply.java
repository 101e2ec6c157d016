package io.longhaul.protocol.server;

/**
 * An answer in JSON.
 *
 * @param status the HTTP status, 200 or 201
 * @param body what is written as JSON
 */
public record Reply(int status, Object body) {
  /** Returns an answer with status 200. */
  public static Reply ok(Object body) {
    return new Reply(200, body);
  }
}
