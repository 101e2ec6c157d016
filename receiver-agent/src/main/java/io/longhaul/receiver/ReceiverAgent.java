package io.longhaul.receiver;

import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.Software;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.Entrance;
import io.longhaul.protocol.server.FilesystemCalls;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.spool.Capacity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.zfs.CachingZfs;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsCli;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.receiver.grant.ReceiveGrants;
import io.longhaul.receiver.http.ReceiverApi;
import io.longhaul.receiver.session.ReceiveSessions;
import io.longhaul.receiver.session.Senders;
import io.longhaul.receiver.session.SinkResolver;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running receiver-agent: its parts, built in order and closed in reverse. */
public final class ReceiverAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiverAgent.class);
  private static final Duration LISTING_TURN = Duration.ofMinutes(1);
  private static final Duration ZFS_QUERY = Duration.ofSeconds(30);

  private static final int SWEEP_MINUTES = 60;

  private final ReceiverConfig config;
  private final Entrance entrance;
  private final Optional<Tls> tls;
  private final Zfs zfs;
  private final SpoolRoot root;
  private final ReceiveSessions sessions;
  private final ApiRoutes routes;
  private final ReceiverApi api;
  private final HttpServer server;
  private final ScheduledExecutorService housekeeping =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private ReceiverAgent(ReceiverConfig config, Entrance entrance, Optional<Tls> tls, SpoolRoot root)
      throws AgentFailedException, IOException {
    this.config = config;
    this.entrance = entrance;
    this.tls = tls;
    this.root = root;
    zfs = new CachingZfs(new ZfsCli(config.zfsConfig().command(), ZFS_QUERY, ZFS_QUERY), ZFS_QUERY);
    routes = new ApiRoutes(entrance.authenticator());
    ReceiveGrants grants = config.decisions();
    Senders senders = new Senders(config.peerMap(), tls);
    sessions =
        new ReceiveSessions(
            root,
            grants,
            senders,
            new SinkResolver(config.streamMap(), zfs),
            zfs,
            config.spoolConfig().limitBytes(),
            new Capacity(config.limitsOrDefault().sessions(), config.spoolConfig().totalBytes()),
            InstantSource.system(),
            Sleeper.REAL);
    FilesystemCalls filesystems = new FilesystemCalls(zfs, grants, LISTING_TURN);
    api = new ReceiverApi(sessions, senders, grants, filesystems, this::info);
    api.addTo(routes);
    server =
        HttpServer.start(
            entrance.address(), entrance.tls(), config.limitsOrDefault(), routes.handler());
  }

  /**
   * Starts an agent.
   *
   * @throws AgentFailedException if its port or its spool cannot be used
   * @throws ConfigException if a token, certificate or key cannot be used
   */
  public static ReceiverAgent start(ReceiverConfig config)
      throws AgentFailedException, ConfigException {
    Entrance entrance = config.listen().open();
    Optional<Tls> tls =
        config.tls().isPresent()
            ? Optional.of(Tls.open(config.tls().get(), CertificateUse.CONNECT))
            : Optional.empty();
    SpoolRoot root = SpoolRoot.open(config.spoolConfig().root(), Role.RECEIVE);
    try {
      ReceiverAgent agent = new ReceiverAgent(config, entrance, tls, root);
      agent.takeUpSessions();
      return agent;
    } catch (IOException e) {
      closeQuietly(root, e);
      throw new AgentFailedException("Tried to use the spool " + root.path() + " but " + e, e);
    } catch (AgentFailedException | RuntimeException e) {
      closeQuietly(root, e);
      throw e;
    }
  }

  private void takeUpSessions() throws IOException {
    try {
      sessions.scan();
    } catch (IOException e) {
      server.close();
      sessions.close();
      throw e;
    }
    api.ready();
    LOG.atInfo()
        .addKeyValue("name", config.name())
        .addKeyValue("port", port())
        .addKeyValue("certificate", entrance.fingerprint())
        .addKeyValue("spool", root.path())
        .log("receiver-agent ready");
    warnings().forEach(LOG::warn);
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

  /** Returns the port that it serves. */
  public int port() {
    return server.port();
  }

  private List<String> warnings() {
    Instant now = Instant.now();
    List<String> warnings = new ArrayList<>(entrance.warnings(now));
    config.warning().ifPresent(warnings::add);
    tls.ifPresent(used -> warnings.addAll(used.warnings(now)));
    try {
      if (root.isInMemory()) {
        warnings.add(
            "the spool "
                + root.path()
                + " lies in memory and is lost at a reboot; set spool.directory");
      }
      root.shortage().ifPresent(warnings::add);
    } catch (IOException e) {
      warnings.add("the spool " + root.path() + " cannot be looked at: " + e);
    }
    return warnings;
  }

  private AgentInfo info(Identity asker) {
    return new AgentInfo(
        config.name(),
        Role.RECEIVE,
        Software.name(),
        ProtocolVersion.SPOKEN,
        List.of("md5", "sha256", "filesystems"),
        asker.name(),
        sessions.spoolBytes(asker.name()),
        zfsVersion(),
        entrance.certificateExpires(),
        asker.admin() ? warnings() : List.of());
  }

  private Optional<String> zfsVersion() {
    try {
      return Optional.of(zfs.features().version());
    } catch (ZfsException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Returns the calls that it serves, each as its method and the template of its path. */
  public SortedSet<String> calls() {
    return routes.calls();
  }

  /** Stops serving and pulling; pumps and sinks go on. */
  @Override
  public void close() throws IOException {
    housekeeping.shutdown();
    server.close();
    routes.close();
    sessions.close();
    root.close();
  }
}
