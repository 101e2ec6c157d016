package io.longhaul.coordinator.trust;

import io.longhaul.protocol.durable.DurableFile;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * Where an authority keeps what. Keys have the mode 0600, what everybody may know 0644.
 *
 * @param directory the authority's own, mode 0700
 */
record TrustFiles(Path directory) {
  private static final String AUTHORITY = "authority";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  Path authority() {
    return certificate(AUTHORITY);
  }

  Path authorityKey() {
    return key(AUTHORITY);
  }

  Path revoked() {
    return directory.resolve(AUTHORITY + ".crl");
  }

  Path certificate(String name) {
    return directory.resolve(name + ".crt");
  }

  Path key(String name) {
    return directory.resolve(name + ".key");
  }

  Path token(String name) {
    return directory.resolve(name + ".token");
  }

  Path hashedToken(String name) {
    return directory.resolve(name + ".token.sha256");
  }

  /** Returns whether files of this name would be the authority's own. */
  static boolean reserved(String name) {
    return name.equals(AUTHORITY);
  }

  /** Returns where every certificate is kept that was ever issued, by its serial number. */
  private Path register() {
    return directory.resolve("issued");
  }

  Path registered(BigInteger serial) {
    return register().resolve(serial.toString(16) + ".crt");
  }

  List<Path> registered() throws IOException {
    try (Stream<Path> files = Files.list(register())) {
      return files.filter(file -> file.toString().endsWith(".crt")).sorted().toList();
    }
  }

  void createDirectory() throws IOException {
    Files.createDirectories(directory, OWNER_ALONE);
  }

  void create() throws IOException {
    createDirectory();
    Files.createDirectories(register(), OWNER_ALONE);
  }

  static void writeSecret(Path file, PrivateKey key) throws IOException {
    DurableFile.replace(file, pem(new JcaPKCS8Generator(key, null)));
  }

  static void writeSecret(Path file, String text) throws IOException {
    DurableFile.replace(file, (text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes a certificate or a revocation list. */
  static void writePublic(Path file, Object content) throws IOException {
    DurableFile.replaceReadable(file, pem(content));
  }

  private static byte[] pem(Object content) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(content);
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
