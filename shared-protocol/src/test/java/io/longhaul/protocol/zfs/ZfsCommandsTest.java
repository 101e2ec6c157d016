package io.longhaul.protocol.zfs;

import static io.longhaul.protocol.zfs.FakeZfs.OPENZFS;
import static io.longhaul.protocol.zfs.FakeZfs.ZFS_FUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZfsCommandsTest {

  private static final SnapshotName SNAPSHOT = SnapshotName.parse("tank/vm@two");
  private static final DatasetName TARGET = DatasetName.parse("vault/vm");

  @ParameterizedTest
  @CsvSource({
    "     , false, false, send tank/vm@two",
    "@one , false, false, send -i @one tank/vm@two",
    "@one , true , false, send -I @one tank/vm@two",
    "#one , false, false, send -i #one tank/vm@two",
    "     , false, true , send -R tank/vm@two",
    "@one , false, true , send -R -i @one tank/vm@two",
    "@one , true , true , send -R -I @one tank/vm@two",
  })
  void writesASend(String base, boolean intermediates, boolean replicate, String expected)
      throws Exception {
    var send = send(base, intermediates, replicate);
    assertThat(send.arguments(OPENZFS)).containsExactly(expected.split(" "));
  }

  @Test
  void writesARawSend() throws Exception {
    var raw = new ZfsSend(SNAPSHOT, Optional.of(SendBase.parse("@one")), true, true, true);
    assertThat(raw.arguments(OPENZFS))
        .containsExactly("send", "-R", "-w", "-I", "@one", "tank/vm@two");
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> raw.arguments(ZFS_FUSE))
        .withMessageContaining("'zfs send' has no -w");
  }

  @ParameterizedTest
  @CsvSource({
    "     , true , false, need a base",
    "#one , true , false, from a bookmark",
    "#one , false, true , from a bookmark",
    "@two , false, false, its own base",
  })
  void refusesASendWithoutMeaning(
      String base, boolean intermediates, boolean replicate, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> send(base, intermediates, replicate))
        .withMessageStartingWith("Tried to describe a send of tank/vm@two but ")
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, receive vault/vm",
    "true , false, receive -F vault/vm",
    "false, true , receive -u vault/vm",
    "true , true , receive -F -u vault/vm",
  })
  void writesAReceive(boolean force, boolean unmounted, String expected) throws Exception {
    var receive = new ZfsReceive(TARGET, force, unmounted);
    assertThat(receive.arguments(OPENZFS)).containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "zfs-2.1.11-1+deb12u1, true",
    "zfs-2.1.0,            true",
    "zfs-2.4.99-1,         true",
    "zfs-3.0.0,            true",
    "zfs-2.0.7-1,          false",
    "zfs-0.8.6-1,          false",
    "'',                   false",
  })
  void leavesDangerousPropertiesOfAStreamOutWhereThatHarmsNoVolume(String version, boolean leaves)
      throws Exception {
    var features = ZfsFeatures.of(version, Set.of(), Set.of('F', 'u', 'o', 'x'), true);
    String all = String.join(" ", ZfsReceive.into(TARGET, features).arguments(features));
    assertThat(all)
        .isEqualTo(
            leaves
                ? "receive -u -x mountpoint -x canmount -x setuid -x devices -x exec -x sharenfs"
                    + " -x sharesmb vault/vm"
                : "receive -u vault/vm");
  }

  @Test
  void receivesUnmountedWithoutForceUnlessTold() {
    assertThat(ZfsReceive.into(TARGET, OPENZFS)).isEqualTo(new ZfsReceive(TARGET, false, true));
    var old = ZfsFeatures.of("", Set.of(), Set.of('F'), false);
    assertThat(ZfsReceive.into(TARGET, old)).isEqualTo(new ZfsReceive(TARGET, false, false));
  }

  @Test
  void refusesWhatThisZfsHasNot() {
    var fromBookmark = send("#one", false, false);
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> fromBookmark.arguments(ZFS_FUSE))
        .withMessageStartingWith(
            "Tried to send from a bookmark but this ZFS cannot: it has no bookmarks.")
        .satisfies(e -> assertThat(e.error()).isEqualTo(ZfsError.FEATURE));

    var bare = ZfsFeatures.of("", Set.of('R'), Set.of(), false);
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> send("@one", true, false).arguments(bare))
        .withMessageContaining("'zfs send' has no -I");
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> new ZfsReceive(TARGET, false, true).arguments(bare))
        .withMessageContaining("'zfs receive' has no -u");
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> new ZfsReceive(TARGET, true, false).arguments(bare))
        .withMessageContaining("'zfs receive' has no -F");
  }

  private static ZfsSend send(String base, boolean intermediates, boolean replicate) {
    Optional<SendBase> from = Optional.ofNullable(base).map(SendBase::parse);
    return new ZfsSend(SNAPSHOT, from, intermediates, replicate, false);
  }
}
