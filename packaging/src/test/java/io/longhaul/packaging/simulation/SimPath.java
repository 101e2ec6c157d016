package io.longhaul.packaging.simulation;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path on a simulated disk, as one process sees it. */
final class SimPath implements Path {
  private final SimFileSystem files;
  private final String text;

  SimPath(SimFileSystem files, String text) {
    this.files = files;
    this.text = text;
  }

  @Override
  public FileSystem getFileSystem() {
    return files;
  }

  SimFileSystem files() {
    return files;
  }

  @Override
  public boolean isAbsolute() {
    return text.startsWith("/");
  }

  @Override
  public Path getRoot() {
    return new SimPath(files, "/");
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public Path getFileName() {
    return new SimPath(files, text.substring(text.lastIndexOf('/') + 1));
  }

  @Override
  public @Nullable Path getParent() {
    int slash = text.lastIndexOf('/');
    if (slash < 0 || text.equals("/")) {
      return null;
    }
    return new SimPath(files, slash == 0 ? "/" : text.substring(0, slash));
  }

  @Override
  public int getNameCount() {
    return names().size();
  }

  @Override
  public Path getName(int index) {
    return new SimPath(files, names().get(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return new SimPath(files, String.join("/", names().subList(from, to)));
  }

  @Override
  public boolean startsWith(Path other) {
    return text.equals(other.toString()) || text.startsWith(other + "/");
  }

  @Override
  public boolean endsWith(Path other) {
    return text.equals(other.toString()) || text.endsWith("/" + other);
  }

  @Override
  public Path normalize() {
    List<String> kept = names();
    kept.removeIf(name -> name.equals("."));
    return new SimPath(files, (isAbsolute() ? "/" : "") + String.join("/", kept));
  }

  @Override
  public Path resolve(Path other) {
    String more = other.toString();
    return new SimPath(
        files, more.startsWith("/") ? more : text.equals("/") ? "/" + more : text + "/" + more);
  }

  @Override
  public Path relativize(Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public URI toUri() {
    return URI.create("simulated:" + text);
  }

  @Override
  public Path toAbsolutePath() {
    return this;
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    Path normal = normalize();
    files.disk().require(normal.toString());
    return normal;
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return text.compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SimPath path && path.files == files && path.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
