package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ZfsErrorTest {

  /** Each text was printed by zfs-fuse 0.7.0 or OpenZFS 2.1.11, or stands in OpenZFS's source. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "NO_SUCH_DATASET    | cannot open 'src/nope': dataset does not exist",
        "NO_SUCH_DATASET    | WARNING: could not send zha/d@nope: does not exist",
        "NO_SUCH_DATASET    | cannot receive new filesystem stream: dataset does not exist",
        "NO_SUCH_DATASET    | cannot receive incremental stream: destination 'dst/x' does not exist",
        "NO_SUCH_DATASET    | cannot resume send: 'tank/a@b' used in the initial send no longer exists",
        "TARGET_EXISTS      | cannot receive new filesystem stream: destination 'zhb/d' exists\\nmust specify -F to overwrite it",
        "TARGET_EXISTS      | cannot receive new filesystem stream: destination has snapshots (eg. dst/x@one)\\nmust destroy them to overwrite it",
        "TARGET_EXISTS      | cannot restore to dst/x@one: destination already exists",
        "TARGET_MODIFIED    | cannot receive incremental stream: destination zhb/v has been modified\\nsince most recent snapshot",
        "BASE_MISMATCH      | cannot receive incremental stream: most recent snapshot of zhb/v does not\\nmatch incremental source",
        "BASE_MISMATCH      | warning: cannot send 'zha/d@one': not an earlier snapshot from the same fs",
        "BASE_MISMATCH      | warning: cannot send 'zha/d@two': incremental source (@nope) does not exist",
        "BASE_MISMATCH      | warning: cannot send 'src/zh@two': No such process",
        "BASE_MISMATCH      | cannot resume send: incremental source 0x1f no longer exists",
        "STREAM_TRUNCATED   | cannot receive: failed to read from stream",
        "STREAM_TRUNCATED   | cannot receive new filesystem stream: invalid backup stream",
        "STREAM_TRUNCATED   | cannot receive new filesystem stream: incomplete stream",
        "STREAM_TRUNCATED   | cannot receive new filesystem stream: checksum mismatch or incomplete stream",
        "STREAM_TRUNCATED   | cannot receive resume stream: checksum mismatch or incomplete stream.\\nPartially received snapshot is saved.",
        "STREAM_DAMAGED     | cannot receive new filesystem stream: checksum mismatch",
        "STREAM_DAMAGED     | cannot receive new filesystem stream: invalid stream (checksum mismatch)",
        "NOT_A_STREAM       | cannot receive: invalid stream (bad magic number)",
        "PERMISSION         | cannot receive new filesystem stream: permission denied",
        "PERMISSION         | connect: Permission denied\\ninternal error: failed to initialize ZFS library",
        "PERMISSION         | sudo: a password is required",
        "UNAVAILABLE        | connect: No such file or directory\\ninternal error: failed to initialize ZFS library",
        "UNAVAILABLE        | The ZFS modules are not loaded.\\nTry running '/sbin/modprobe zfs' as root to load them.",
        "UNAVAILABLE        | sudo: zfs: command not found",
        "NO_SPACE           | cannot receive incremental stream: out of space",
        "NO_SPACE           | cannot receive new filesystem stream: destination dst/x space quota exceeded.",
        "BUSY               | cannot receive incremental stream: dataset is busy",
        "BUSY               | cannot receive incremental stream: destination dst/x contains partially-complete state from \\\"zfs receive -s\\\".",
        "FEATURE            | cannot receive new filesystem stream: pool must be upgraded to receive this stream.",
        "FEATURE            | cannot receive resume stream: kernel modules must be upgraded to receive this stream.",
        "FEATURE            | cannot receive: stream has unsupported feature, feature flags = 1000000",
        "FEATURE            | invalid option 'n'",
        "FEATURE            | bad property list: invalid property 'bogus'",
        "STREAM_TRUNCATED   | cannot receive setuid property on dst/x y/kid: permission denied\\ncannot receive: failed to read from stream",
        "OTHER              | cannot receive setuid property on dst/doc/R/kid: permission denied",
        "OTHER              | Warning: dst/out of space/V: property 'mountpoint' does not apply to datasets of this type",
        "OTHER              | warning: cannot send 'zha/d@one': Broken pipe",
        "OTHER              | cannot receive: I/O error",
        "OTHER              | \"\"",
      })
  void knowsTheMessagesOfZfs(ZfsError expected, String stderr) {
    assertThat(ZfsError.classify(stderr.replace("\\n", "\n"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "cannot open 'tank/out of space': dataset does not exist | NO_SUCH_DATASET",
        "cannot receive: failed to read from stream of 'permission denied' | STREAM_TRUNCATED",
      })
  void isNotMisledByNames(String stderr, ZfsError expected) {
    assertThat(ZfsError.classify(stderr)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void advisesInOneSentence(ZfsError error) {
    assertThat(error.advice()).matches("[A-Z][^\n]+\\.");
  }
}
