package io.longhaul.packaging.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.List;
import java.util.Random;

/**
 * A request that is a good one no more; decided by its seed alone.
 *
 * @param bytes what goes over the connection
 * @param isHttp whether an HTTP server must understand it as far as to answer
 * @param method its method
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares requests
record FuzzedRequest(byte[] bytes, boolean isHttp, String method) {
  private static final int MOST_BODY = 64 * 1024;
  private static final int MOST_TEXT = 400;
  private static final List<String> METHODS = List.of("GET", "PUT", "POST", "DELETE", "HEAD");
  private static final List<String> ODD_METHODS = List.of("PATCH", "OPTIONS", "TRACE", "get", "X");
  private static final List<String> CALLS =
      List.of(
          "manifest", "chunks/0", "chunks/1", "release", "complete", "abort", "pause", "resume");
  private static final List<String> ENDINGS = List.of("complete", "abort");
  private static final List<String> HEADERS =
      List.of(
          "Range",
          "If-Range",
          "If-Match",
          "If-None-Match",
          "Accept",
          "Accept-Encoding",
          "Cookie",
          "Content-Type",
          "Content-Encoding",
          "Longhaul-Protocol",
          "X-Forwarded-For",
          "Forwarded",
          "X-HTTP-Method-Override",
          "Upgrade",
          "Connection",
          "Origin",
          "Referer",
          "If-Modified-Since");
  private static final List<String> RANGES =
      List.of(
          "bytes=0-0",
          "bytes=-1",
          "bytes=-0",
          "bytes=0-",
          "bytes=5-2",
          "bytes=0-1,2-3",
          "bytes=",
          "bytes=-",
          "bytes=0-999999999999999999",
          "bytes=999999999999999999-",
          "bytes=-999999999999999999",
          "bytes=9223372036854775807-9223372036854775807",
          "bytes=18446744073709551616-",
          "bytes=0-0,".repeat(200),
          "lines=0-1",
          "bytes=a-b");

  /** Bodies that are understood, and mean nothing that could be started. */
  private static final List<JsonNode> BODIES =
      List.of(
          json(
              """
              {"source":{"kind":"stream","name":"absent"},"reader":"vault","chunkBytes":65536,"digests":"sha256",
               "limits":{"stalled":"PT24H","unreachable":"PT168H"},"labels":{"job":"a"}}\
              """),
          json(
              """
              {"source":{"kind":"zfs","send":{"snapshot":"tank/vm@b","base":"@a","raw":true,
               "intermediates":true,"replicate":false}},"reader":"vault","chunkBytes":65536,"digests":"both",
               "limits":{"stalled":"PT24H","unreachable":"PT168H"},"labels":{}}\
              """),
          json(
              """
              {"sink":{"kind":"stream","name":"absent"},"peer":"office",
               "limits":{"stalled":"PT24H","unreachable":"PT168H"},"labels":{"job":"a"}}\
              """),
          json(
              """
              {"sink":{"kind":"zfs","target":"backup/vm","force":false,"incremental":true,"snapshot":"b"},
               "peer":"office","limits":{"stalled":"PT24H","unreachable":"PT168H"},"labels":{}}\
              """),
          json(
              """
              {"sink":{"kind":"zfs","target":"backup/vm","force":false,"incremental":true,"resumes":true,"resumable":true,
               "snapshot":"b","origin":"backup/base@a","set":{"readonly":"on"},"inherit":["atime"]},
               "peer":"office","limits":{"stalled":"PT24H","unreachable":"PT168H"},"labels":{}}\
              """),
          json(
              """
              {"reader":"vault","changes":[
               {"kind":"hold","tag":"longhaul_STEP_J_a","snapshots":["tank/vm@b"]},
               {"kind":"bookmark","snapshot":"tank/vm@b","bookmark":"longhaul_CURSOR_G_1_J_a","guid":"1"},
               {"kind":"destroy-snapshot","snapshot":"backup/vm@b","guid":"1"},
               {"kind":"rollback","snapshot":"backup/vm@b"},
               {"kind":"abort-receive","target":"backup/vm","why":"why"},
               {"kind":"create-placeholder","target":"backup/vm/c","unencrypted":false},
               {"kind":"set-property","target":"backup/vm","property":"readonly","value":"on"}]}\
              """),
          json(
              """
              {"reader":"vault","sends":[{"snapshot":"tank/vm@b","base":"#a","intermediates":false,"replicate":false,
               "compressed":true,"origin":"tank/base@a"}]}\
              """),
          json(
              "{\"reader\":\"vault\",\"root\":\"tank/vm\",\"tokens\":[\"1-1199a5d026-138-789c6360\"]}"),
          json("{\"releasedTo\":1}"),
          json("{\"failure\":{\"kind\":\"aborted\",\"message\":\"enough\",\"resumable\":false}}"),
          json("{\"reason\":\"office hours\"}"),
          json("{\"dryRun\":true,\"olderThan\":\"PT24H\"}"),
          json("{}"));

  private static JsonNode json(String text) {
    try {
      return Json.TOLERANT.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /**
   * Makes a request.
   *
   * @param ids of sessions that may come to harm, and of some that there are not
   * @param tokens good ones
   */
  static FuzzedRequest of(long seed, List<String> ids, List<String> tokens) throws IOException {
    Random random = new Random(seed);
    Mutator mutator = new Mutator(random);
    boolean odd = mutator.chance(2);
    String method = mutator.any(odd ? ODD_METHODS : METHODS);
    boolean hasBody = mutator.chance(method.startsWith("P") ? 95 : 10);
    byte[] body = hasBody ? body(mutator, random) : new byte[0];
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(
        (method + " " + target(mutator, ids) + " HTTP/1.1\r\nHost: localhost\r\n")
            .getBytes(ISO_8859_1));
    all.write(authorization(mutator, tokens).getBytes(ISO_8859_1));
    for (int headers = random.nextInt(4); headers > 0; headers--) {
      all.write(header(mutator).getBytes(ISO_8859_1));
    }
    if (hasBody || mutator.chance(5)) {
      all.write(("Content-Length: " + body.length + "\r\n").getBytes(ISO_8859_1));
    }
    all.write("\r\n".getBytes(ISO_8859_1));
    all.write(body);
    byte[] whole = all.toByteArray();
    boolean isHttp = !mutator.chance(5);
    boolean mayBeCutOff = body.length > MOST_BODY;
    return new FuzzedRequest(isHttp ? whole : mutator.bytes(whole), isHttp && !mayBeCutOff, method);
  }

  private static byte[] body(Mutator mutator, Random random) {
    if (mutator.chance(2)) {
      byte[] noise = new byte[random.nextInt(70_000)];
      random.nextBytes(noise);
      return noise;
    }
    return mutator.json(mutator.any(BODIES));
  }

  private static String target(Mutator mutator, List<String> ids) {
    String word = mutator.chance(90) ? mutator.any(ids) : encoded(mutator.text());
    String call = mutator.chance(85) ? mutator.any(CALLS) : "chunks/" + encoded(mutator.text());
    if (ENDINGS.contains(call) && mutator.chance(97)) {
      call = "manifest"; // else there would be nothing left to ask for
    }
    String path =
        switch (mutator.any(List.of(0, 1, 1, 1, 1, 1, 1, 2, 3, 4, 4))) {
          case 0 -> mutator.any(List.of("agent", "sends", "receives", "peers", "peers/office"));
          case 1 ->
              mutator.any(List.of("sends/", "receives/"))
                  + word
                  + (mutator.chance(70) ? "/" + call : "");
          case 2 -> "sweep";
          case 4 ->
              "filesystems"
                  + mutator.any(List.of("", "/changes", "/changes", "/estimates", "/tokens"));
          default ->
              mutator.any(List.of("peers/", "sends/", "", "receives/")) + encoded(mutator.text());
        };
    String query =
        mutator.chance(25)
            ? "?"
                + mutator.any(
                    List.of(
                        "from",
                        "limit",
                        "wait",
                        "id",
                        "chunk",
                        "root",
                        "reader",
                        encoded(mutator.text())))
                + "="
                + encoded(mutator.text())
            : "";
    return "/v1/" + path + query;
  }

  /** Percent-encodes, sometimes badly, but never so that the line is none any more. */
  private static String encoded(String text) {
    String safe = URLEncoder.encode(text.substring(0, Math.min(text.length(), MOST_TEXT)), UTF_8);
    return text.startsWith("%") ? text.replaceAll("[^%0-9a-zA-Z]", "") : safe.replace("%2F", "/");
  }

  private static String authorization(Mutator mutator, List<String> tokens) {
    if (mutator.chance(5)) {
      return mutator.chance(50) ? "" : "Authorization: " + visible(mutator.text()) + "\r\n";
    }
    return "Authorization: Bearer " + mutator.any(tokens) + "\r\n";
  }

  private static String header(Mutator mutator) {
    String name = mutator.any(HEADERS);
    String value =
        name.contains("Range") && mutator.chance(70)
            ? mutator.any(RANGES)
            : visible(mutator.text());
    if (name.equals("Upgrade") || name.equals("Connection")) {
      value = mutator.any(List.of("h2c", "websocket", "keep-alive", "upgrade"));
    }
    return name + ": " + value + "\r\n";
  }

  /** Without what would end the line, and short enough for the limit of a head. */
  private static String visible(String text) {
    String line = text.replaceAll("[\\p{Cc}]", "");
    return line.substring(0, Math.min(line.length(), MOST_TEXT));
  }

  /** Returns the request for people, to be sent again by hand. */
  @Override
  public String toString() {
    return new String(bytes, ISO_8859_1);
  }
}
