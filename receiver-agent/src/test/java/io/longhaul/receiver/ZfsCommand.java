package io.longhaul.receiver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A {@code zfs} command that keeps its datasets as files. As the real one it knows the end of a
 * stream by itself, here by its length, and does not wait for the end of file.
 */
@SuppressWarnings("InlineFormatString") // the script is read better by itself
final class ZfsCommand {
  private static final String SCRIPT =
      """
      #!/bin/sh
      state='%s'
      file() { echo "$state/$(echo "$1" | tr '/@' '_+')"; }
      missing() { echo "cannot open '$1': dataset does not exist" >&2; exit 1; }
      case "$1" in
        version) echo zfs-2.1.11-1 ;;
        send) echo 'usage: send [-DnPpRVvLecwhb] [-[i|I] snapshot]' >&2; exit 2 ;;
        bookmark) echo 'usage: bookmark' >&2; exit 2 ;;
        list) [ -e "$(file "$5")" ] || missing "$5"; echo "$5" ;;
        get) [ -e "$(file "$6")" ] || missing "$6"; cat "$(file "$6")" ;;
        receive)
          for target; do :; done
          case "$target" in
            receive|-u) echo 'usage: receive [-vMnsFhu] filesystem' >&2; exit 2 ;;
          esac
          echo "$*" > "$state/receive"
          head -c "$(cat "$state/length")" > "$state/stream" || exit 1
          touch "$(file "$target")"
          [ ! -e "$state/guid" ] || cp "$state/guid" "$(file "$target@daily")"
          cat "$state/message" >&2
          exit "$(cat "$state/status")" ;;
      esac
      """;

  private final Path state;
  private final Path script;

  ZfsCommand(Path folder) throws IOException {
    state = Files.createDirectory(folder.resolve("zfs-state"));
    script = folder.resolve("zfs");
    Files.writeString(script, SCRIPT.formatted(state));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    ends(0, "");
  }

  String path() {
    return script.toString();
  }

  /** Makes a dataset. */
  void create(String dataset) throws IOException {
    Files.createFile(state.resolve(dataset.replace('/', '_')));
  }

  /** Says how long the stream is, and which GUID {@code @daily} has after it; none if empty. */
  ZfsCommand receives(long bytes, String guid) throws IOException {
    Files.writeString(state.resolve("length"), Long.toString(bytes));
    if (!guid.isEmpty()) {
      Files.writeString(state.resolve("guid"), guid + "\n");
    }
    return this;
  }

  /** Says how a receive ends. */
  ZfsCommand ends(int status, String message) throws IOException {
    Files.writeString(state.resolve("status"), Integer.toString(status));
    Files.writeString(state.resolve("message"), message);
    return this;
  }

  Path received() {
    return state.resolve("stream");
  }

  String arguments() throws IOException {
    return Files.readString(state.resolve("receive")).strip();
  }
}
