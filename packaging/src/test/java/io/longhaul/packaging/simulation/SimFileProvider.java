package io.longhaul.packaging.simulation;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operations on files of one process: each may be where it crashes, or find the disk full. */
final class SimFileProvider extends FileSystemProvider {
  private static final UserPrincipal OWNER = owner();
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");

  private final SimFileSystem files;

  SimFileProvider(SimFileSystem files) {
    this.files = files;
  }

  private static UserPrincipal owner() {
    try {
      return Files.getOwner(Path.of("/proc/self"));
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Disk disk() {
    return files.disk();
  }

  private static String text(Path path) {
    return path.toString();
  }

  /* A lock file is opened under a lock that all processes of this JVM share: nobody vanishes there. */
  static boolean isLock(String path) {
    return path.endsWith("lock");
  }

  private void operation(String what, String path) {
    if (!isLock(path)) {
      files.process().operation(what + " " + path);
    }
  }

  @Override
  public String getScheme() {
    return "simulated";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    String name = text(path);
    boolean writes = options.contains(StandardOpenOption.WRITE);
    Disk.Node node = disk().find(name);
    if (node == null && writes && options.stream().anyMatch(SimFileProvider::creates)) {
      operation("create", name);
      if (disk().isFull() && !isLock(name)) {
        throw new IOException(name + ": No space left on device");
      }
      node = new Disk.Node(false, null);
      disk().create(name, node);
    } else if (node == null) {
      throw new NoSuchFileException(name);
    } else if (options.contains(StandardOpenOption.CREATE_NEW)) {
      throw new FileAlreadyExistsException(name);
    }
    return new SimFileChannel(files.process(), disk(), name, node);
  }

  private static boolean creates(OpenOption option) {
    return option == StandardOpenOption.CREATE || option == StandardOpenOption.CREATE_NEW;
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    if (!disk().require(text(directory)).isDirectory()) {
      throw new NotDirectoryException(text(directory));
    }
    List<Path> found = new ArrayList<>();
    for (String child : disk().children(text(directory))) {
      Path path = files.getPath(child);
      if (filter.accept(path)) {
        found.add(path);
      }
    }
    return new Listing(directory, found);
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    operation("make", text(path));
    disk().create(text(path), new Disk.Node(true, null));
  }

  @Override
  public void delete(Path path) throws IOException {
    disk().require(text(path));
    operation("delete", text(path));
    disk().delete(text(path));
    files.process().world().judge().changed(files.process().host(), text(path));
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    disk().require(text(from));
    operation("rename", text(from));
    if (disk().find(text(to)) != null
        && !Arrays.asList(options).contains(StandardCopyOption.ATOMIC_MOVE)) {
      throw new FileAlreadyExistsException(text(to));
    }
    disk().move(text(from), text(to));
    files.process().world().judge().changed(files.process().host(), text(to));
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    return one.equals(other);
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileStore getFileStore(Path path) {
    return new Store();
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    disk().require(text(path));
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return type.cast(new Attributes(disk().require(text(path))));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  private record Attributes(Disk.Node node) implements PosixFileAttributes {
    @Override
    public UserPrincipal owner() {
      return OWNER;
    }

    @Override
    public GroupPrincipal group() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<PosixFilePermission> permissions() {
      return MODE;
    }

    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime lastAccessTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime creationTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public boolean isRegularFile() {
      return !node.isDirectory() && node.pipe() == null;
    }

    @Override
    public boolean isDirectory() {
      return node.isDirectory();
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return node.pipe() != null;
    }

    @Override
    public long size() {
      return node.size();
    }

    @Override
    public Object fileKey() {
      return node;
    }
  }

  private static final class Store extends FileStore {
    @Override
    public String name() {
      return "simulated";
    }

    @Override
    public String type() {
      return "simulated";
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public long getTotalSpace() {
      return Long.MAX_VALUE;
    }

    @Override
    public long getUsableSpace() {
      return Long.MAX_VALUE;
    }

    @Override
    public long getUnallocatedSpace() {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
      return false;
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
      return false;
    }

    @Override
    public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
      return null;
    }

    @Override
    public Object getAttribute(String attribute) {
      throw new UnsupportedOperationException();
    }
  }

  /** A listing that can delete relative to itself. */
  private final class Listing implements SecureDirectoryStream<Path> {
    private final Path directory;
    private final List<Path> found;

    Listing(Path directory, List<Path> found) {
      this.directory = directory;
      this.found = found;
    }

    @Override
    public Iterator<Path> iterator() {
      return found.iterator();
    }

    @Override
    public void close() {}

    @Override
    public SecureDirectoryStream<Path> newDirectoryStream(Path path, LinkOption... options)
        throws IOException {
      return (SecureDirectoryStream<Path>)
          SimFileProvider.this.newDirectoryStream(directory.resolve(text(path)), _ -> true);
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void deleteFile(Path path) throws IOException {
      delete(directory.resolve(text(path)));
    }

    @Override
    public void deleteDirectory(Path path) throws IOException {
      delete(directory.resolve(text(path)));
    }

    @Override
    public void move(Path from, SecureDirectoryStream<Path> target, Path to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Class<V> type) {
      return type.cast(new View(directory));
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return type.cast(new View(directory.resolve(text(path))));
    }
  }

  private final class View implements PosixFileAttributeView {
    private final Path path;

    View(Path path) {
      this.path = path;
    }

    @Override
    public String name() {
      return "posix";
    }

    @Override
    public PosixFileAttributes readAttributes() throws IOException {
      return new Attributes(disk().require(text(path)));
    }

    @Override
    public UserPrincipal getOwner() {
      return Objects.requireNonNull(OWNER);
    }

    @Override
    public void setOwner(UserPrincipal owner) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setGroup(GroupPrincipal group) {
      throw new UnsupportedOperationException();
    }
  }
}
