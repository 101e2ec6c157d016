package io.longhaul.protocol.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A command that answers as the {@code zfs} of OpenZFS 2.1 would, from files, and writes down what
 * it was asked. It succeeds at every change.
 */
public final class ScriptedZfs {
  private static final String SCRIPT =
      """
      #!/bin/sh
      echo "$*" >> 'DIRECTORY/asked'
      case "$*" in
        version) echo zfs-2.1.11-1 ;;
        send) echo 'usage: send [-DnPpRVvLecwhb] [-[i|I] snapshot] -t <token>' >&2; exit 2 ;;
        receive) echo 'usage: receive [-vMnsFhu] [-o p=v] [-x p] [-d | -e] receive -A' >&2; exit 2 ;;
        'receive -u' | bookmark) echo usage: >&2; exit 2 ;;
        *'-t filesystem,volume'*) cat 'DIRECTORY/datasets' ;;
        *'-t snapshot,bookmark'*) cat 'DIRECTORY/versions' ;;
        'get -H -r -s local'*) cat 'DIRECTORY/placeholders' ;;
        'get -Hp -o name,property,value'*) cat 'DIRECTORY/above' ;;
        'get -Hp -o name,value guid'*) cat 'DIRECTORY/guids' ;;
        'send -n -v -t'*) cat 'DIRECTORY/token' ;;
        'send -n -P -v'*) printf 'size\\t12345\\n' ;;
      esac
      """;

  private final Path directory;

  /** Makes the command in a directory of its own. */
  public ScriptedZfs(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    for (String file :
        List.of("asked", "datasets", "versions", "placeholders", "above", "guids", "token")) {
      Files.writeString(directory.resolve(file), "");
    }
    Files.writeString(command(), SCRIPT.replace("DIRECTORY", directory.toString()));
    Files.setPosixFilePermissions(command(), PosixFilePermissions.fromString("rwx------"));
  }

  /** Returns the command. */
  public Path command() {
    return directory.resolve("zfs");
  }

  /** Returns what it was asked to do, without the questions what this ZFS can do. */
  public List<String> asked() throws IOException {
    return Files.readAllLines(directory.resolve("asked")).stream()
        .filter(
            line -> !List.of("version", "send", "receive", "receive -u", "bookmark").contains(line))
        .toList();
  }

  /** Adds a filesystem to the tree. */
  public ScriptedZfs dataset(String name) throws IOException {
    return add("datasets", filesystem(name));
  }

  /** Adds the dataset above the tree. */
  public ScriptedZfs above(String name) throws IOException {
    return add("above", filesystem(name));
  }

  private static String filesystem(String name) {
    return """
    %1$s\ttype\tfilesystem
    %1$s\torigin\t-
    %1$s\twritten\t0
    %1$s\tencryptionroot\t-
    %1$s\tkeystatus\t-
    %1$s\treceive_resume_token\t-
    """
        .formatted(name);
  }

  /** Adds a snapshot or bookmark to a dataset of the tree. */
  public ScriptedZfs version(String name, long guid) throws IOException {
    add("guids", name + "\t" + guid + "\n");
    return add(
        "versions",
        """
        %1$s\tguid\t%2$d
        %1$s\tcreatetxg\t%2$d
        %1$s\tcreation\t1700000000
        %1$s\tuserrefs\t0
        %1$s\tclones\t
        %1$s\tivsetguid\t-
        """
            .formatted(name, guid));
  }

  private ScriptedZfs add(String file, String lines) throws IOException {
    Files.writeString(directory.resolve(file), lines, StandardOpenOption.APPEND);
    return this;
  }
}
