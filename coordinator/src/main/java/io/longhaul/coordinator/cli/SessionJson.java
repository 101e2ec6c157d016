package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.run.Overview;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.util.List;
import java.util.Optional;

/**
 * Sessions as {@code --json} prints them.
 *
 * @param sessions oldest first
 * @param silent why some agents could not be asked
 */
record SessionJson(List<Item> sessions, List<String> silent) {
  /**
   * One session.
   *
   * @param id the session
   * @param source where the stream comes from
   * @param target where it goes
   * @param state where it stands, by the receiver if it is known
   * @param send what the sender-agent tells
   * @param receive what the receiver-agent tells
   */
  record Item(
      String id,
      String source,
      String target,
      String state,
      Optional<SendStatus> send,
      Optional<ReceiveStatus> receive) {}

  static SessionJson of(Overview overview) {
    return new SessionJson(
        overview.sessions().stream().map(SessionJson::item).toList(), overview.silent());
  }

  private static Item item(Overview.Both both) {
    return new Item(
        both.session().id().text(),
        both.session().source(),
        both.session().target(),
        both.view(0).state().orElseThrow().text(),
        both.send(),
        both.receive());
  }
}
