package io.longhaul.sender.http;

import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.sender.session.SourceResolver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who this agent is.
 *
 * @param name as its configuration gives it
 * @param software name and version, for people
 * @param spoolLimitBytes the most that one session may spool
 * @param sources what it can send
 * @param certificateExpires when its certificate expires, if it serves TLS
 * @param warnings what its administrator should know; nobody else is told
 */
public record AgentDescription(
    String name,
    String software,
    long spoolLimitBytes,
    SourceResolver sources,
    Supplier<Optional<Instant>> certificateExpires,
    Supplier<List<String>> warnings) {

  /** Returns what {@code GET /v1/agent} answers to {@code asker}; may ask the machine's ZFS. */
  AgentInfo of(Identity asker) throws InterruptedException {
    Optional<ZfsFeatures> zfs = sources.zfsFeatures();
    List<String> capabilities = new ArrayList<>();
    for (DigestChoice digest : DigestChoice.values()) {
      capabilities.add("digest-" + digest.text());
    }
    zfs.ifPresent(features -> {
      capabilities.add("zfs");
      capabilities.add("filesystems");
      if (features.bookmarks()) {
        capabilities.add("zfs-bookmarks");
      }
      if (features.resumeTokens()) {
        capabilities.add("zfs-resume-tokens");
      }
      if (features.sendFlags().contains('w')) {
        capabilities.add("zfs-raw");
      }
      if (features.dryRunSize()) {
        capabilities.add("zfs-size-estimate");
      }
    });
    return new AgentInfo(
        name,
        Role.SEND,
        software,
        ProtocolVersion.SPOKEN,
        capabilities,
        asker.name(),
        spoolLimitBytes,
        zfs.map(ZfsFeatures::version).map(v -> v.isBlank() ? "version unknown" : v),
        certificateExpires.get(),
        asker.admin() ? warnings.get() : List.of());
  }
}
