package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading what zfs prints, as zfs-fuse 0.7.0, OpenZFS 2.1.11 and OpenZFS's source have it. */
final class ZfsOutputTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "send [-RDp] [-[iI] snapshot] <snapshot>; DIRip",
        "receive [-vnF] <filesystem|volume|snapshot>\\n\\treceive [-vnF] -d <filesystem>; Fdnv",
        "send [-DnPpRVvLecwhb] [-[i|I] snapshot] <snapshot>; DILPRVbcehinpvw",
        "send [-DLPbcehnpsUVvw] [-i|-I snapshot]\\n\\t     [-R [-X dataset[,dataset]...]]     <snapshot>; DILPRUVXbcehinpsvw",
        "send [-nVvPe] -t <receive_resume_token>\\n\\tsend [-PnVv] --saved filesystem; PVentv",
        "send [-DnPpVvLec] [-i bookmark|snapshot] --redact <bookmark> <snapshot>; DLPVceinpv",
        "receive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ...\\n\\t    [-d | -e] <filesystem>\\n\\treceive -A <filesystem|volume>; AFMdehnosuvx",
      })
  void readsFlagsOutOfUsage(String usage, String flags) {
    String text =
        "missing snapshot argument\nusage:\n\t%s\n\nFor the list, run: zfs set|get -z\n"
            .formatted(usage.replace("\\n", "\n").replace("\\t", "\t"));
    assertThat(UsageText.flags(text).stream().map(String::valueOf).collect(Collectors.joining()))
        .isEqualTo(flags);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "full,tank@a,12912|size,12912; 12912",
        "incremental,one,tank@two,624|size,624; 624",
        "incremental,tank#b,tank@two,624|size,624; 624",
        "full,tank@a|size,; 0",
        "full,tank@a|size; 0",
        "size,1152921504606846976; 1152921504606846976",
        "size,1152921504606846977;",
        "size,9223372036854775808;",
        "size,18446744073709551615;",
        "size,-1;",
        "size,many;",
        "full,tank@a,12912;",
      })
  void readsAnEstimate(String lines, Long expected) {
    List<String> printed = List.of(lines.replace(',', '\t').split("\\|", -1));
    OptionalLong total = expected == null ? OptionalLong.empty() : OptionalLong.of(expected);
    assertThat(SizeEstimate.total(printed)).isEqualTo(total);
  }
}
