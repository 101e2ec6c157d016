package io.longhaul.protocol.zfs;

import static io.longhaul.protocol.zfs.FakeZfs.OPENZFS;
import static io.longhaul.protocol.zfs.FakeZfs.ZFS_FUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ZfsCommandsTest {

  private static final SnapshotName SNAPSHOT = SnapshotName.parse("tank/vm@two");
  private static final DatasetName TARGET = DatasetName.parse("vault/vm");
  private static final ResumeToken TOKEN = new ResumeToken("1-c0ffee-90-789c");

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
    "true , true , receive -u -F vault/vm",
  })
  void writesAReceive(boolean force, boolean unmounted, String expected) throws Exception {
    assertThat(receive(force, !unmounted).arguments(OPENZFS)).containsExactly(expected.split(" "));
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
    String all = String.join(" ", ZfsReceive.into(TARGET).arguments(features));
    assertThat(all)
        .isEqualTo(
            leaves
                ? "receive -u -x mountpoint -x canmount -x setuid -x devices -x exec -x sharenfs"
                    + " -x sharesmb vault/vm"
                : "receive -u vault/vm");
  }

  @Test
  void receivesUnmountedWhereItCan() throws Exception {
    var old = ZfsFeatures.of("", Set.of(), Set.of('F'), false);
    assertThat(ZfsReceive.into(TARGET).arguments(old)).containsExactly("receive", "vault/vm");
  }

  @Test
  void writesTheFlagsOfAStream() throws Exception {
    var flags = new SendFlags(true, true, true, true, true);
    assertThat(ZfsSend.incremental(SendBase.parse("#one"), SNAPSHOT).with(flags).arguments(OPENZFS))
        .containsExactly("send", "-w", "-c", "-L", "-e", "-p", "-i", "#one", "tank/vm@two");
    var origin = SnapshotName.parse("tank/base@o");
    assertThat(ZfsSend.ofClone(origin, SNAPSHOT).arguments(OPENZFS))
        .containsExactly("send", "-i", "tank/base@o", "tank/vm@two");
    assertThat(ZfsSend.resumed(TOKEN, SNAPSHOT).with(flags).arguments(OPENZFS))
        .containsExactly("send", "-t", "1-c0ffee-90-789c");
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> ZfsSend.resumed(TOKEN, SNAPSHOT).arguments(ZFS_FUSE))
        .withMessageContaining("'zfs send' has no -t");
  }

  @Test
  void aStreamHasOneStart() {
    var base = Optional.of(SendBase.parse("@one"));
    var origin = Optional.of(SnapshotName.parse("tank/base@o"));
    var own = Optional.of(SnapshotName.parse("tank/vm@o"));
    Optional<ResumeToken> token = Optional.of(TOKEN);
    refuses(base, origin, false, Optional.empty(), "its origin as its base");
    refuses(Optional.empty(), origin, true, Optional.empty(), "its origin as its base");
    refuses(Optional.empty(), own, false, Optional.empty(), "name it as base");
    refuses(base, Optional.empty(), false, token, "a resume token says itself");
    refuses(Optional.empty(), origin, false, token, "a resume token says itself");
    refuses(Optional.empty(), Optional.empty(), true, token, "a resume token says itself");
  }

  private static void refuses(
      Optional<SendBase> base,
      Optional<SnapshotName> origin,
      boolean replicate,
      Optional<ResumeToken> token,
      String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ZfsSend(SNAPSHOT, base, origin, false, replicate, SendFlags.NONE, token))
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-F", "1", "1-", "1-abc-", "1-ABC", "1-abc def", "1-abc\n", "a-1", "1--2"})
  void aTokenHasTheFormOfOne(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ResumeToken(text));
  }

  @Test
  void writesWhatATargetIsGiven() throws Exception {
    var receive =
        new ZfsReceive(
            TARGET,
            false,
            false,
            true,
            Optional.of(SnapshotName.parse("vault/base@o")),
            new TreeMap<>(Map.of("readonly", "on", "exec", "off")),
            new TreeSet<>(Set.of("compression", "sharenfs")));
    var features = ZfsFeatures.of("zfs-2.1.0", Set.of(), Set.of('F', 's', 'u', 'o', 'x'), true);
    assertThat(String.join(" ", receive.arguments(features)))
        .isEqualTo(
            "receive -s -u -o origin=vault/base@o -o exec=off -o readonly=on -x compression"
                + " -x sharenfs -x mountpoint -x canmount -x setuid -x devices -x sharesmb"
                + " vault/vm");
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> receive.arguments(ZFS_FUSE))
        .withMessageContaining("'zfs receive' has no -s");
  }

  @ParameterizedTest
  @CsvSource({
    "mountpoint, /etc",
    "canmount, on",
    "setuid, on",
    "exec, on",
    "sharenfs, on",
    "keylocation, file:///etc/shadow",
    "encryption, off",
    "longhaul:placeholder, on",
    "readonly, ''",
    "readonly, maybe",
    "compression, -F",
    "compression, 'lz4 -F'",
    "org.example:anything, x",
  })
  void givesATargetNothingThatMakesItLessSafe(String property, String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ZfsReceive.checkProperties(Map.of(property, value), Set.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ZfsChange.SetProperty(TARGET, property, value));
  }

  @Test
  void aPropertyIsSetOrInheritedAndIsAKnownOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ZfsReceive.checkProperties(Map.of("atime", "on"), Set.of("atime")))
        .withMessageContaining("to be set and inherited");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ZfsReceive.checkProperties(Map.of(), Set.of("keylocation")));
    ZfsReceive.checkProperties(Map.of(), Set.of("encryption"));
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
        .isThrownBy(() -> ZfsReceive.into(TARGET).forced(true).arguments(bare))
        .withMessageContaining("'zfs receive' has no -F");
  }

  private static ZfsReceive receive(boolean force, boolean mounted) {
    return new ZfsReceive(
        TARGET, force, mounted, false, Optional.empty(), new TreeMap<>(), new TreeSet<>());
  }

  private static ZfsSend send(String base, boolean intermediates, boolean replicate) {
    Optional<SendBase> from = Optional.ofNullable(base).map(SendBase::parse);
    return new ZfsSend(SNAPSHOT, from, intermediates, replicate, false);
  }
}
