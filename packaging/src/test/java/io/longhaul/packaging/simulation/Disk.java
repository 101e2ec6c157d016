package io.longhaul.packaging.simulation;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what was forced: a reboot loses the end of what was not. Names that
 * were not forced are lost from the last one on; a file that was not forced keeps a part of its
 * content. One thread at a time.
 */
final class Disk {
  /** A file, a directory or a FIFO. */
  static final class Node {
    private final boolean directory;
    private final @Nullable Pipe pipe;
    private byte[] bytes = new byte[0];
    private int size;
    private byte @Nullable [] forced;
    private boolean clean;
    private @Nullable SimProcess locker;

    Node(boolean directory, @Nullable Pipe pipe) {
      this.directory = directory;
      this.pipe = pipe;
    }

    boolean isDirectory() {
      return directory;
    }

    @Nullable Pipe pipe() {
      return pipe;
    }

    int size() {
      return size;
    }

    byte[] content() {
      return Arrays.copyOf(bytes, size);
    }

    byte at(int position) {
      return bytes[position];
    }

    void get(int position, byte[] into, int length) {
      System.arraycopy(bytes, position, into, 0, length);
    }

    void put(int position, byte[] from, int length) {
      if (position + length > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(position + length, bytes.length * 2));
      }
      System.arraycopy(from, 0, bytes, position, length);
      size = Math.max(size, position + length);
      clean = false;
    }

    void truncate(int length) {
      if (length < size) {
        Arrays.fill(bytes, length, size, (byte) 0);
        size = length;
        clean = false;
      }
    }

    void flip(int position, int bit) {
      bytes[position] ^= (byte) (1 << bit);
    }

    void force() {
      forced = content();
      clean = true;
    }

    @Nullable SimProcess locker() {
      SimProcess holder = locker;
      return holder != null && holder.isAlive() ? holder : null;
    }

    void lock(@Nullable SimProcess holder) {
      locker = holder;
    }

    /** Keeps what a machine that went down may have kept. */
    void reboot(Random random) {
      if (directory || clean) {
        return;
      }
      byte[] before = forced;
      if (before != null && random.nextBoolean()) {
        bytes = before.clone();
        size = before.length;
      } else {
        int least = before == null ? 0 : Math.min(before.length, size);
        int kept = least + (size > least ? random.nextInt(size - least + 1) : 0);
        truncate(random.nextInt(3) == 0 ? size : kept);
      }
      force();
    }
  }

  private record Change(String directory, Runnable undo) {}

  private final TreeMap<String, Node> nodes = new TreeMap<>();
  private final Deque<Change> unforced = new ArrayDeque<>();
  private boolean full;

  Disk() {
    nodes.put("/", new Node(true, null));
  }

  boolean isFull() {
    return full;
  }

  void full(boolean now) {
    full = now;
  }

  @Nullable Node find(String path) {
    return nodes.get(path);
  }

  Node require(String path) throws NoSuchFileException {
    Node node = nodes.get(path);
    if (node == null) {
      throw new NoSuchFileException(path);
    }
    return node;
  }

  void create(String path, Node node) throws IOException {
    if (nodes.containsKey(path)) {
      throw new FileAlreadyExistsException(path);
    }
    if (!require(parent(path)).isDirectory()) {
      throw new IOException(parent(path) + " is not a directory");
    }
    nodes.put(path, node);
    unforced.add(new Change(parent(path), () -> nodes.remove(path)));
  }

  void delete(String path) throws IOException {
    Node node = require(path);
    if (node.isDirectory() && !children(path).isEmpty()) {
      throw new DirectoryNotEmptyException(path);
    }
    nodes.remove(path);
    unforced.add(new Change(parent(path), () -> nodes.put(path, node)));
  }

  void move(String from, String to) throws IOException {
    Node node = require(from);
    Node before = nodes.get(to);
    nodes.remove(from);
    nodes.put(to, node);
    unforced.add(
        new Change(
            parent(from),
            () -> {
              nodes.put(from, node);
              if (before == null) {
                nodes.remove(to);
              } else {
                nodes.put(to, before);
              }
            }));
  }

  void forceNames(String directory) {
    unforced.removeIf(change -> change.directory.equals(directory));
  }

  /** Returns the names in a directory, with their paths. */
  List<String> children(String directory) {
    String prefix = directory.equals("/") ? "/" : directory + "/";
    List<String> found = new ArrayList<>();
    for (String path : nodes.tailMap(prefix, false).keySet()) {
      if (!path.startsWith(prefix)) {
        break;
      }
      if (path.indexOf('/', prefix.length()) < 0) {
        found.add(path);
      }
    }
    return found;
  }

  /** Returns the bytes of the chunks and parts in a directory. */
  long chunkBytes(String directory) {
    long bytes = 0;
    for (Map.Entry<String, Node> entry : nodes.tailMap(directory + "/", false).entrySet()) {
      if (!entry.getKey().startsWith(directory + "/")) {
        break;
      }
      if (entry.getKey().endsWith(".chunk") || entry.getKey().endsWith(".part")) {
        bytes += entry.getValue().size();
      }
    }
    return bytes;
  }

  /** Loses what was not forced, as when the machine goes down; locks and FIFOs are empty then. */
  void reboot(Random random) {
    int lost = random.nextBoolean() ? 0 : random.nextInt(unforced.size() + 1);
    for (int i = 0; i < lost; i++) {
      unforced.removeLast().undo().run();
    }
    unforced.clear();
    for (Node node : nodes.values()) {
      node.reboot(random);
      node.lock(null);
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
