package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts are as OpenZFS 2.1.11 prints them. */
final class DelegationTest {
  private static final String TEXT =
      """
      ---- Permissions on dst/doc ------------------------------------------
      Local permissions:
      \tuser here mount
      \tuser twice create
      Local+Descendent permissions:
      \tuser lh create,receive
      \tgroup backup people hold
      \teveryone send
      ---- Permissions on dst ----------------------------------------------
      Permission sets:
      \t@inner release
      \t@outer hold,@inner,@outer
      Create time permissions:
      \tdestroy
      Local permissions:
      \tuser lh destroy
      Descendent permissions:
      \tuser lh rename
      \tuser twice create
      Local+Descendent permissions:
      \tuser sets @outer
      \tuser (unknown: 1001) clone
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lh     |               | create receive rename send",
        "other  |               | send",
        "other  | backup people | hold send",
        "sets   |               | hold release send",
        "here   |               | send",
        "twice  |               | create send",
      })
  void onlyWhatHoldsForTheDatasetAndAllBelowIsGranted(String user, String group, String expected) {
    Set<String> groups = group == null ? Set.of() : Set.of(group);
    assertThat(delegation("dst/doc").granted(user, groups))
        .containsExactly(expected.split(" ", -1));
  }

  @Test
  void whatIsAllowedLocallyAboveIsNotAllowedHere() {
    assertThat(delegation("dst/doc").granted("lh", Set.of())).doesNotContain("destroy");
    assertThat(delegation("dst").granted("lh", Set.of())).doesNotContain("destroy", "rename");
  }

  @Test
  void nothingSaidIsNothingGranted() {
    Delegation none = Delegation.parse(DatasetName.parse("dst"), Arrays.asList());
    assertThat(none.granted("lh", Set.of("users"))).isEmpty();
  }

  private static Delegation delegation(String dataset) {
    return Delegation.parse(DatasetName.parse(dataset), TEXT.lines().toList());
  }
}
