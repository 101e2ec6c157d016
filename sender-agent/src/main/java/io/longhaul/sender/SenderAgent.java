package io.longhaul.sender;

import io.longhaul.protocol.Software;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.server.Entrance;
import io.longhaul.protocol.spool.Capacity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.zfs.CachingZfs;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsCli;
import io.longhaul.sender.grant.SendGrants;
import io.longhaul.sender.http.AgentDescription;
import io.longhaul.sender.http.SenderServer;
import io.longhaul.sender.session.SendSessions;
import io.longhaul.sender.session.SnapshotHolds;
import io.longhaul.sender.session.SourceResolver;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running sender-agent. Closing it stops the service; the pumps of its sessions go on. */
public final class SenderAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SenderAgent.class);
  private static final int SWEEP_MINUTES = 60;
  private static final Duration ZFS_ANSWER = Duration.ofSeconds(30);
  private static final Duration ZFS_ESTIMATE = Duration.ofSeconds(60);
  private static final Duration ESTIMATE_TURN = Duration.ofSeconds(10);

  private final SpoolRoot root;
  private final SendSessions sessions;
  private final SenderServer server;
  private final ScheduledExecutorService housekeeping =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("housekeeping").factory());

  private SenderAgent(SpoolRoot root, SendSessions sessions, SenderServer server) {
    this.root = root;
    this.sessions = sessions;
    this.server = server;
  }

  /**
   * Starts to serve, and takes up the sessions in the spool.
   *
   * @throws ConfigException if a token, certificate or key cannot be used
   * @throws AgentFailedException if the spool or the port cannot be used
   */
  public static SenderAgent start(SenderConfig config)
      throws ConfigException, AgentFailedException, InterruptedException {
    Entrance entrance = config.listen().open();
    SpoolRoot root = SpoolRoot.open(config.spoolOrDefault().root(), Role.SEND);
    try {
      SenderAgent agent = serve(config, entrance, root);
      agent.takeUpSessions();
      return agent;
    } catch (IOException e) {
      closeQuietly(root, e);
      throw new AgentFailedException(
          "Tried to use the spool directory " + root.path() + " but " + e, e);
    } catch (AgentFailedException | InterruptedException | RuntimeException e) {
      closeQuietly(root, e);
      throw e;
    }
  }

  private static SenderAgent serve(SenderConfig config, Entrance entrance, SpoolRoot root)
      throws IOException, AgentFailedException {
    Zfs zfs =
        new CachingZfs(
            new ZfsCli(config.zfsOrDefault().command(), ZFS_ANSWER, ZFS_ESTIMATE), ESTIMATE_TURN);
    SourceResolver sources = new SourceResolver(zfs, config.streamsOrNone());
    long limit = config.spoolOrDefault().limitBytes();
    SendGrants grants = config.grantsOrNone();
    SendSessions sessions =
        new SendSessions(
            root,
            sources,
            new SnapshotHolds(zfs),
            grants,
            limit,
            new Capacity(config.limitsOrDefault().sessions(), config.spoolOrDefault().totalBytes()),
            InstantSource.system());
    Supplier<List<String>> warnings = () -> warnings(config, entrance, root);
    AgentDescription description =
        new AgentDescription(
            config.name(), Software.name(), limit, sources, entrance::certificateExpires, warnings);
    SenderServer server =
        SenderServer.start(sessions, description, grants, zfs, entrance, config.limitsOrDefault());
    LOG.atInfo()
        .addKeyValue("software", Software.name())
        .addKeyValue("address", entrance.address().getHostString() + ":" + server.port())
        .addKeyValue("certificate", entrance.fingerprint())
        .addKeyValue("spool", root.path())
        .log("sender-agent serves");
    warnings.get().forEach(warning -> LOG.atWarn().log(warning));
    return new SenderAgent(root, sessions, server);
  }

  private void takeUpSessions() throws IOException, InterruptedException {
    try {
      sessions.scan();
    } catch (IOException | InterruptedException e) {
      server.close();
      throw e;
    }
    ScheduledFuture<?> _ =
        housekeeping.scheduleWithFixedDelay(this::sweep, 0, SWEEP_MINUTES, TimeUnit.MINUTES);
  }

  private void sweep() {
    try {
      sessions.sweep(SweepRequest.usual(false)).entries().stream()
          .filter(SweepReport.Entry::deleted)
          .forEach(entry ->
              LOG.atInfo()
                  .addKeyValue("session", entry.id())
                  .addKeyValue("bytes", entry.bytes())
                  .addKeyValue("reason", entry.why())
                  .log("session swept"));
    } catch (IOException | RuntimeException e) {
      LOG.atError().setCause(e).log("spool cannot be swept");
    }
  }

  private static void closeQuietly(SpoolRoot root, Exception cause) {
    try {
      root.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static List<String> warnings(SenderConfig config, Entrance entrance, SpoolRoot root) {
    List<String> warnings = new ArrayList<>(entrance.warnings(Instant.now()));
    config.warning().ifPresent(warnings::add);
    try {
      if (root.isInMemory()) {
        warnings.add(
            "the spool directory "
                + root.path()
                + " is in memory: it competes with it and does not survive a reboot;"
                + " set spool.directory");
      }
      root.shortage().ifPresent(warnings::add);
    } catch (IOException e) {
      warnings.add("the spool directory " + root.path() + " cannot be looked at: " + e);
    }
    return warnings;
  }

  /** Returns the calls that it serves, each as its method and the template of its path. */
  public SortedSet<String> calls() {
    return server.calls();
  }

  /** Returns the port that is served. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    housekeeping.shutdownNow();
    sessions.close();
    server.close();
    try {
      root.close();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("spool cannot be closed");
    }
  }
}
