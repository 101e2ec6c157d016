package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What OpenZFS 2.1.11 printed, and what somebody would like it to print. */
class TokenTextTest {
  private static final ResumeToken RAW =
      new ResumeToken(
          "1-1199a5d026-138-789c636064000310a501c49c50360710a715e5e7a69766a63040c1a14bbcb94c77d7"
              + "292b00d9ec48eaf293b252934b181898a0ea30e4d3d28a534b603210920d493ea9b224b51848db08"
              + "1860d55f920f71c516fda8b6e822fee51a48f29c60f9bcc4dc540686e2a264fdd43c8724987b41e6"
              + "f03220fc979358949e9a94939f9c9d9f0d93e746924fcecf2d284a2d2e86c832304840dd09932f4a"
              + "2c87493100009af92728");

  private static final List<String> PRINTED =
      List.of(
          "resume token contents:",
          "nvlist version: 0",
          "\tfromguid = 0x23aedd026d0dd2c2",
          "\tobject = 0x2",
          "\toffset = 0x200000",
          "\tbytes = 0x30103c",
          "\ttoguid = 0xa70f725b865a2fb4",
          "\ttoname = src/en@b",
          "\tlargeblockok = 1",
          "\tcompressok = 1",
          "\trawok = 1",
          "send from src/en@a to src/en@b estimated size is 5.04M",
          "total estimated size is 5.04M");

  @Test
  void readsWhatATokenSays() {
    assertThat(TokenText.read(RAW, PRINTED))
        .contains(
            new PartialReceive.Contents(
                "src/en@b",
                "12037966066406272948",
                Optional.of("2571235439764427458"),
                true,
                true,
                true,
                false,
                0x30103c));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/a@one\n\trawok = 1",
        "x\n\trawok",
        "src/a@one\n  rawok = 1",
        "src/a@one\r\n\ttoguid = 0x1"
      })
  void aTokenThatWouldPrintLinesOfItsOwnIsNotRead(String inside) throws Exception {
    assertThat(TokenText.read(token("\0\0toname\0" + inside + "\0"), PRINTED)).isEmpty();
    assertThat(TokenText.read(token("\0\0toname\0src/a@one\0"), PRINTED)).isPresent();
  }

  private static ResumeToken token(String inside) throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var deflated = new DeflaterOutputStream(packed)) {
      deflated.write(inside.getBytes(StandardCharsets.ISO_8859_1));
    }
    return new ResumeToken("1-ab-2-" + HexFormat.of().formatHex(packed.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\tsavedok = 1",
        "\tredact_snaps = 1",
        "\tbytes = 0x2",
        "\ttoname = src/other@b",
      })
  void whatIsUnknownOrSaidTwiceIsNotBelieved(String line) {
    var printed = new ArrayList<>(PRINTED);
    printed.add(6, line);
    assertThat(TokenText.read(RAW, printed)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7})
  void whatIsMissingIsNotGuessed(int line) {
    var printed = new ArrayList<>(PRINTED);
    printed.remove(line);
    assertThat(TokenText.read(RAW, printed)).isEmpty();
    assertThat(TokenText.read(RAW, List.of())).isEmpty();
  }

  @Test
  void aNameThatIsNoneIsNotBelieved() {
    var printed = new ArrayList<>(PRINTED);
    printed.set(7, "\ttoname = src/en");
    assertThat(TokenText.read(RAW, printed)).isEmpty();
  }

  @Test
  void whatDoesNotUnpackIsNotRead() {
    assertThat(TokenText.read(new ResumeToken("1-ab-2-cd"), PRINTED)).isEmpty();
  }
}
