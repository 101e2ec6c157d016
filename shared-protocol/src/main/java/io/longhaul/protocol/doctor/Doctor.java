package io.longhaul.protocol.doctor;

import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.server.Entrance;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at everything that an agent needs, beside it or before it is started. Changes nothing. */
public final class Doctor {
  private final Setup setup;
  private final Login login;
  private final InstantSource clock;

  /**
   * @param login the user that it runs as
   */
  public Doctor(Setup setup, Login login, InstantSource clock) {
    this.setup = setup;
    this.login = login;
    this.clock = clock;
  }

  /** Returns what is to be said when the configuration cannot even be read. */
  public static Findings unreadable(ConfigException why) {
    return new Findings(List.of(Finding.of("configuration", Verdict.FAIL, why.getMessage())));
  }

  /**
   * Makes all checks; a peer that does not answer takes 10 s at most.
   *
   * @throws IOException if the machine does not tell what is asked about it
   */
  public Findings examine() throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(login.judge());
    findings.add(DescriptorCheck.look().judge());
    findings.add(CommandCheck.look("setsid", List.of("setsid"), Map.of()));
    findings.add(SpoolCheck.look(setup.spool()).judge(login));
    findings.add(PortCheck.look(setup.listen().address(), isRunning()).judge(setup.role()));
    findings.addAll(entrance(setup.listen(), clock.instant()));
    findings.addAll(
        new ZfsCheck(setup.zfs().command(), Rights.of(setup.role()), login).look(setup.roots()));
    new TreeMap<>(setup.streams())
        .forEach((name, command) ->
            findings.add(
                CommandCheck.look("stream " + name, command.arguments(), command.environment())));
    findings.addAll(peers());
    return new Findings(findings);
  }

  private boolean isRunning() throws IOException {
    try {
      return Files.isDirectory(setup.spool().root())
          && SpoolRoot.isInUse(setup.spool().root(), setup.role());
    } catch (AccessDeniedException e) {
      return false; // the check of the spool says why
    }
  }

  private static List<Finding> entrance(Listen listen, Instant now) {
    if (listen.tls().isPresent()) {
      return CertificateCheck.look("listen.tls", listen.tls().get(), CertificateUse.LISTEN, now);
    }
    try {
      Entrance entrance = listen.open();
      return entrance.warnings(now).isEmpty()
          ? List.of(Finding.ok("listen", "plain HTTP on this machine alone"))
          : entrance.warnings(now).stream()
              .map(warning -> Finding.warn("listen", warning, "set up listen.tls"))
              .toList();
    } catch (ConfigException e) {
      return List.of(Finding.of("listen", Verdict.FAIL, e.getMessage()));
    }
  }

  private List<Finding> peers() {
    List<Finding> findings = new ArrayList<>();
    setup
        .tls()
        .ifPresent(files ->
            findings.addAll(
                CertificateCheck.look("tls", files, CertificateUse.CONNECT, clock.instant())));
    Optional<Tls> tls = setup.tls().flatMap(Doctor::open);
    for (Map.Entry<String, AgentAddress> peer : new TreeMap<>(setup.peers()).entrySet()) {
      if (peer.getValue().byCertificate() && tls.isEmpty()) {
        findings.add(
            Finding.fail(
                "peer " + peer.getKey(),
                "cannot be asked without a certificate that can be used",
                "see the check 'tls'"));
      } else {
        findings.addAll(new PeerCheck(peer.getKey(), peer.getValue()).look(tls, clock));
      }
    }
    return findings;
  }

  private static Optional<Tls> open(TlsConfig files) {
    try {
      return Optional.of(Tls.open(files, CertificateUse.CONNECT));
    } catch (ConfigException e) {
      return Optional.empty(); // the check 'tls' says so
    }
  }
}
