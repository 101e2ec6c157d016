package io.longhaul.protocol.pipe;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/*
 * The Java library has no way to signal a process group, to make a FIFO, to open one without
 * waiting, to size a pipe, or to read a clock that goes on while the machine is suspended. Calling libc costs no child process, which matters when the runtime
 * image under us has been replaced and nothing can be spawned any more.
 */

/** The system calls that Longhaul needs and Java lacks (Linux). Thread-safe. */
final class Posix {
  static final int SIGTERM = 15;
  static final int SIGKILL = 9;

  /** No signal: only asks whether there is somebody to signal. */
  static final int SIG_NONE = 0;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_APPEND = 0x400;

  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int F_SETPIPE_SZ = 1031;
  private static final long FIONREAD = 0x541B;
  private static final int EPERM = 1;
  private static final int ESRCH = 3;
  private static final int ENXIO = 6;
  private static final int OWNER_ONLY = 0600;
  private static final int CLOCK_BOOTTIME = 7;
  private static final long NANOS = 1_000_000_000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final MethodHandle KILL =
      find("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), CAPTURE);
  private static final MethodHandle MKFIFO =
      find("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), CAPTURE);
  private static final MethodHandle OPEN =
      find(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          CAPTURE,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle FCNTL =
      find(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          CAPTURE,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      find(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          CAPTURE,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), CAPTURE);
  private static final MethodHandle DUP2 =
      find("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), CAPTURE);
  private static final MethodHandle CLOCK_GETTIME =
      find("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), CAPTURE);

  private Posix() {}

  private static MethodHandle find(String name, FunctionDescriptor form, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), form, options);
  }

  @FunctionalInterface
  private interface Call {
    int run(MemorySegment state, Arena arena) throws Throwable;
  }

  private record Result(int value, int errno) {}

  private static Result call(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int value = call.run(state, arena);
      return new Result(value, (int) ERRNO.get(state, 0L));
    } catch (Throwable e) {
      throw new LinkageError("a call of the C library failed", e);
    }
  }

  /**
   * Signals every process of a group that we may signal.
   *
   * @return false if there is no such group
   * @throws IOException if we may signal none of it
   */
  static boolean killGroup(long group, int signal) throws IOException {
    if (group <= 1) {
      throw new IllegalArgumentException("refusing to signal process group " + group);
    }
    int target = -Math.toIntExact(group);
    Result r = call((state, _) -> (int) KILL.invokeExact(state, target, signal));
    if (r.value == 0 || (signal == SIG_NONE && r.errno == EPERM)) {
      return true;
    }
    if (r.errno == ESRCH) {
      return false;
    }
    throw new IOException(
        "Tried to send signal %d to process group %d but %s"
            .formatted(
                signal,
                group,
                r.errno == EPERM ? "it belongs to another user" : "got errno " + r.errno));
  }

  /** Makes a FIFO of mode 0600. */
  static void mkfifo(Path path) throws IOException {
    Result r =
        call((state, arena) ->
            (int) MKFIFO.invokeExact(state, arena.allocateFrom(path.toString()), OWNER_ONLY));
    if (r.value != 0) {
      throw new IOException("Tried to make the FIFO " + path + " but got errno " + r.errno);
    }
  }

  /** Opens a file, a FIFO without waiting for its other end; returns -1 if nobody reads that. */
  static int open(Path path, int mode) throws IOException {
    int flags = mode | O_NONBLOCK | O_CLOEXEC;
    Result r =
        call((state, arena) ->
            (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags, 0));
    if (r.value < 0 && r.errno != ENXIO) {
      throw new IOException("Tried to open " + path + " but got errno " + r.errno);
    }
    return r.value;
  }

  /** Asks for a larger pipe buffer; a refusal (a lower system limit) leaves it as it is. */
  static void setPipeSize(int descriptor, int bytes) {
    call((state, _) -> (int) FCNTL.invokeExact(state, descriptor, F_SETPIPE_SZ, bytes));
  }

  /** Returns how many bytes a pipe holds that nobody has read. */
  static int unread(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      Result r = call((state, _) -> (int) IOCTL.invokeExact(state, descriptor, FIONREAD, count));
      if (r.value != 0) {
        throw new IOException("Tried to look into a pipe but got errno " + r.errno);
      }
      return count.get(JAVA_INT, 0);
    }
  }

  /** Returns the time since the machine was started, suspensions included, in nanoseconds. */
  static long bootTimeNanos() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(JAVA_LONG, 2);
      Result r = call((state, _) -> (int) CLOCK_GETTIME.invokeExact(state, CLOCK_BOOTTIME, time));
      if (r.value != 0) {
        throw new IllegalStateException("this system has no CLOCK_BOOTTIME: errno " + r.errno);
      }
      return time.getAtIndex(JAVA_LONG, 0) * NANOS + time.getAtIndex(JAVA_LONG, 1);
    }
  }

  /** Makes a descriptor mean what another means. */
  static void duplicate(int descriptor, int as) throws IOException {
    Result r = call((state, _) -> (int) DUP2.invokeExact(state, descriptor, as));
    if (r.value < 0) {
      throw new IOException("Tried to redirect descriptor " + as + " but got errno " + r.errno);
    }
  }

  static void close(int descriptor) {
    call((state, _) -> (int) CLOSE.invokeExact(state, descriptor));
  }
}
