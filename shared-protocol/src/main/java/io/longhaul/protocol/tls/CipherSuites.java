package io.longhaul.protocol.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The cipher suites of TLS 1.3 (RFC 8446 section B.4), best first for a processor. */
final class CipherSuites {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Pattern AES =
      Pattern.compile("(flags|Features)\\s*:(.*\\s)?aes(\\s.*)?", Pattern.CASE_INSENSITIVE);
  private static final String AES_128 = "TLS_AES_128_GCM_SHA256";
  private static final String AES_256 = "TLS_AES_256_GCM_SHA384";
  private static final String CHACHA = "TLS_CHACHA20_POLY1305_SHA256";

  private CipherSuites() {}

  /** Returns the order for this machine; for one that does not tell, AES comes first. */
  static List<String> forThisMachine() {
    try (Stream<String> lines = Files.lines(PROCESSOR, StandardCharsets.ISO_8859_1)) {
      return preferred(lines.toList());
    } catch (IOException | UncheckedIOException e) {
      return preferred(List.of());
    }
  }

  /**
   * Returns the order for a processor: AES-GCM first where it has instructions for AES, ChaCha20
   * first where it says what it has and AES is not among it.
   *
   * @param processor the lines of {@code /proc/cpuinfo}
   */
  static List<String> preferred(List<String> processor) {
    List<String> features =
        processor.stream().filter(line -> line.matches("(flags|Features)\\s*:.*")).toList();
    boolean withoutAes =
        !features.isEmpty() && features.stream().noneMatch(line -> AES.matcher(line).matches());
    return withoutAes ? List.of(CHACHA, AES_128, AES_256) : List.of(AES_128, AES_256, CHACHA);
  }
}
