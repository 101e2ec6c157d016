package io.longhaul.packaging.site;

import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An authority that the image's own coordinator has made, and what each machine has of it. */
public final class Trust {
  private static final String AUTHORITY = "authority.crt";
  private static final String REVOKED = "authority.crl";

  private final Image image;
  private final Path directory;

  /** Makes an authority in a new directory. */
  Trust(Image image, Path directory) throws IOException {
    this.image = image;
    this.directory = Files.createDirectory(directory);
    run("init");
  }

  /** Runs {@code coordinator trust}, which has to succeed, and returns what it prints. */
  public String run(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(image.program("coordinator"), "trust"));
    words.addAll(List.of("--directory", authority().toString()));
    words.addAll(List.of(arguments));
    return CommandResult.output(words);
  }

  /** Returns the authority's own directory. */
  public Path authority() {
    return directory.resolve("authority");
  }

  /** Copies a holder's certificate and key, and the public files, to its machine. */
  public void deliver(String holder) throws IOException {
    deliver(holder, authority());
  }

  /** Copies a holder's certificate and key to its machine from elsewhere, the rest from here. */
  public void deliver(String holder, Path source) throws IOException {
    TlsConfig files = files(holder);
    Files.createDirectories(directory.resolve(holder));
    copy(source.resolve(holder + ".key"), files.key());
    copy(source.resolve(holder + ".crt"), files.certificate());
    copy(authority().resolve(AUTHORITY), files.authority());
    deliverRevoked(holder);
  }

  /** Copies what was revoked to a holder's machine. */
  public void deliverRevoked(String holder) throws IOException {
    copy(authority().resolve(REVOKED), files(holder).revoked().orElseThrow());
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Returns the files on a holder's machine. */
  public TlsConfig files(String holder) {
    Path place = directory.resolve(holder);
    return new TlsConfig(
        place.resolve(holder + ".crt"),
        place.resolve(holder + ".key"),
        place.resolve(AUTHORITY),
        Optional.of(place.resolve(REVOKED)));
  }

  /** Returns the {@code tls} section of a holder's configuration. */
  Map<String, String> section(String holder) {
    TlsConfig files = files(holder);
    return Map.of(
        "certificate", files.certificate().toString(),
        "key", files.key().toString(),
        "authority", files.authority().toString(),
        "revoked", files.revoked().orElseThrow().toString());
  }

  /**
   * Returns the arguments by which {@code curl} shows these certificates. It asks an agent whose
   * own has expired, too; {@code --no-insecure} lets it check.
   */
  static List<String> curl(TlsConfig files) {
    return List.of(
        "--insecure",
        "--cacert",
        files.authority().toString(),
        "--cert",
        files.certificate().toString(),
        "--key",
        files.key().toString());
  }
}
