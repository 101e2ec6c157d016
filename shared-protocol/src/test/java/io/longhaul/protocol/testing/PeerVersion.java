package io.longhaul.protocol.testing;

import io.longhaul.protocol.SessionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A version of Longhaul and the bodies that it writes: {@code wire} of the test resources. */
public enum PeerVersion {
  /** An earlier one: it tells nothing that is optional, and announces no protocol version. */
  OLDER("older", Optional.empty()),
  /** This one, recorded between its real programs. */
  RECORDED("0.1", Optional.of("1-1")),
  /** A later one: members, states, kinds and records that are unknown here. */
  NEWER("newer", Optional.of("1-2"));

  /** The session that the bodies are about. */
  public static final SessionId SESSION =
      SessionId.parse("01m7zzge2w0c0xxa6cfactswp6").orElseThrow();

  private final String folder;
  private final Optional<String> announced;

  PeerVersion(String folder, Optional<String> announced) {
    this.folder = folder;
    this.announced = announced;
  }

  /** Returns the value of its {@code Longhaul-Protocol} header. */
  public Optional<String> announced() {
    return announced;
  }

  /** Returns the body of a reply. */
  public String reply(String name) throws IOException {
    return read("replies", name);
  }

  /** Returns the body of a request. */
  public String request(String name) throws IOException {
    return read("requests", name);
  }

  private String read(String kind, String name) throws IOException {
    String path = "/wire/" + folder + "/" + kind + "/" + name + ".json";
    try (InputStream file = PeerVersion.class.getResourceAsStream(path)) {
      if (file == null) {
        throw new IOException("Tried to read the test resource " + path + " but it is not there");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
