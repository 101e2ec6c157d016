#!/bin/sh
# Starts @PROGRAM@ on the Java of this image. The flags stand in lib/@PROGRAM@.jvmargs.
self=$(readlink -f -- "$0") || exit 1
home=${self%/*/*}
# The JVM needs a UTF-8 locale for arguments and paths; two malloc arenas keep the memory beside the heap small.
LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=2
export LC_ALL MALLOC_ARENA_MAX
exec "$home/runtime/bin/java" "@$home/lib/@PROGRAM@.jvmargs" "-XX:@AOT@=$home/lib/@PROGRAM@.aot" \
  "-Dlonghaul.home=$home" -cp "$home/lib/@JAR@" @MAIN@ "$@"
