package io.longhaul.coordinator.show;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/*
 * System.console() answers for input and output together, and the progress bar's own terminal library
 * takes over the handling of Ctrl-C; one ioctl does neither.
 */

/** What standard output is connected to (Linux). */
public final class Terminal {
  private static final int STDOUT = 1;
  private static final long TIOCGWINSZ = 0x5413;
  private static final int USUAL_COLUMNS = 80;

  private Terminal() {}

  /** Returns the width of the terminal that standard output is; empty if it is none. */
  public static OptionalInt columns() {
    Linker linker = Linker.nativeLinker();
    MethodHandle ioctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("ioctl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rowsAndColumns = arena.allocate(JAVA_SHORT, 4);
      if ((int) ioctl.invokeExact(STDOUT, TIOCGWINSZ, rowsAndColumns) != 0) {
        return OptionalInt.empty();
      }
      int columns = Short.toUnsignedInt(rowsAndColumns.getAtIndex(JAVA_SHORT, 1));
      return OptionalInt.of(columns == 0 ? USUAL_COLUMNS : columns);
    } catch (Throwable e) {
      throw new LinkageError("a call of the C library failed", e);
    }
  }
}
