package io.longhaul.packaging.site;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A sender-agent called {@code office}, a receiver-agent called {@code vault} and a coordinator's
 * configuration, in a directory of their own that is left behind only if they could not be stopped.
 *
 * <pre>{@code
 * try (var site = new Site()) {
 *   site.office().stream("data", stream.source());
 *   site.vault().stream("sum", Keystream.sink(file));
 *   site.start();
 *   site.coordinator("start", "office::data", "vault::sum");
 * }
 * }</pre>
 */
public final class Site implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String LOCALHOST = "localhost";
  private static final String CONSOLE = "console";
  private static final Duration COMMAND = Duration.ofMinutes(5);
  /* Below the ports that the kernel gives to clients and to servers without a choice. */
  private static final int LEAST_PORT = 10_000;
  private static final int MOST_PORT = 30_000;
  private static final Random RANDOM = new SecureRandom();
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private final Image image;
  private final Path directory;
  private final Place vaultPlace;
  private final Optional<Trust> trust;
  private final SiteConfig office = new SiteConfig();
  private final SiteConfig vault = new SiteConfig();
  private final SiteConfig agents = new SiteConfig();
  private final Map<Role, Path> spools = new EnumMap<>(Role.class);
  private final int officePort = freePort();
  private final Agent sender;
  private final Agent receiver;

  /** Prepares two agents on loopback; {@link #start} starts them. */
  public Site() throws IOException {
    this(Image.find());
  }

  /** Prepares two agents on loopback that are started from this image. */
  public Site(Image image) throws IOException {
    this(image, Path.of(System.getProperty("java.io.tmpdir")), Place.HERE, Place.HERE, false);
  }

  /**
   * Prepares two agents.
   *
   * @param parent where to make the site's directory, spools included
   * @param officePlace where the sender-agent runs; it wants a token if that is not this machine
   * @param vaultPlace where the receiver-agent and the coordinator run
   */
  public Site(Path parent, Place officePlace, Place vaultPlace) throws IOException {
    this(Image.find(), parent, officePlace, vaultPlace, false);
  }

  /**
   * Prepares two agents on loopback that talk mutual TLS, as does the coordinator, who is {@code
   * console}.
   *
   * @param parent where to make the site's directory, spools included
   */
  public static Site encrypted(Path parent) throws IOException {
    return new Site(Image.find(), parent, Place.HERE, Place.HERE, true);
  }

  private Site(Image image, Path parent, Place officePlace, Place vaultPlace, boolean encrypted)
      throws IOException {
    this.image = image;
    this.vaultPlace = vaultPlace;
    directory = Files.createTempDirectory(parent, "longhaul-site-");
    trust = encrypted ? Optional.of(new Trust(image, file("trust"))) : Optional.empty();
    int vaultPort = freePort();
    String officeUrl = url(officePlace.host(), officePort);
    String vaultUrl = url(LOOPBACK, vaultPort);
    configure(office, "office", officePort);
    configure(vault, "vault", vaultPort);
    spoolAt(Role.SEND, Files.createDirectory(file("office-spool")));
    spoolAt(Role.RECEIVE, Files.createDirectory(file("vault-spool")));
    vault.set(officeUrl, "peers", "office", "url");
    agents.set(officeUrl, "agents", "office", "sender", "url");
    agents.set(vaultUrl, "agents", "vault", "receiver", "url");
    List<String> officeCredential = List.of();
    List<String> vaultCredential = List.of();
    if (trust.isPresent()) {
      certify(trust.get());
      officeCredential = Trust.curl(trust.get().files(CONSOLE));
      vaultCredential = officeCredential;
    } else if (!officePlace.host().equals(LOOPBACK)) {
      officeCredential = protect(officePlace.host());
    }
    sender = agent(officePlace, "sender-agent", "office.yaml", officeUrl, officeCredential);
    receiver = agent(vaultPlace, "receiver-agent", "vault.yaml", vaultUrl, vaultCredential);
  }

  private void certify(Trust authority) throws IOException {
    authority.run("issue", "office", "--host", LOCALHOST, "--listen-only");
    authority.run("issue", "vault", "--host", LOCALHOST);
    authority.run("issue", CONSOLE);
    for (String holder : List.of("office", "vault", CONSOLE)) {
      authority.deliver(holder);
    }
    Map<String, Object> console = Map.of("name", CONSOLE, "admin", true);
    office.set(authority.section("office"), "listen", "tls");
    office.set(List.of(Map.of("name", "vault"), console), "listen", "identities");
    vault.set(authority.section("vault"), "listen", "tls");
    vault.set(List.of(console), "listen", "identities");
    vault.set(authority.section("vault"), "tls");
    office.grant("vault", "streams");
    vault.grant(CONSOLE, "streams", "peers");
    agents.set(authority.section(CONSOLE), "tls");
  }

  private static void configure(SiteConfig config, String name, int port) {
    config.set(name, "name").set(port, "listen", "port");
    config.set("256MiB", "spool", "limit");
  }

  /** Puts the spool of one side into this directory, which is not deleted with the site. */
  public Site spoolAt(Role role, Path root) {
    (role == Role.SEND ? office : vault).set(root.toString(), "spool", "directory");
    spools.put(role, root);
    return this;
  }

  /** Lets the sender-agent listen on an address that others can reach. */
  private List<String> protect(String host) throws IOException {
    String secret = UUID.randomUUID() + "-" + UUID.randomUUID();
    Path token = secret("office.token", secret);
    Path kept = secret("office.token.sha256", TokenFile.hashed(secret));
    office.set(host, "listen", "host").set(true, "listen", "allow-plaintext");
    office.set(
        List.of(Map.of("identity", "vault", "file", kept.toString(), "admin", true)),
        "listen",
        "tokens");
    office.grant("vault", "streams");
    vault.set(token.toString(), "peers", "office", "token-file");
    agents.set(token.toString(), "agents", "office", "sender", "token-file");
    return List.of("--header", "Authorization: Bearer " + secret);
  }

  private Path secret(String name, String text) throws IOException {
    Path file =
        Files.createFile(
            file(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  private Agent agent(
      Place place, String program, String config, String url, List<String> credential) {
    return new Agent(
        List.of(image.program(program), "--config", file(config).toString()),
        place.prefix(),
        url,
        credential,
        file(program + ".log"));
  }

  /** Returns a free port, another one each time, and none that the kernel gives to anybody. */
  public static int freePort() {
    return RANDOM
        .ints(LEAST_PORT, MOST_PORT)
        .filter(port -> GIVEN.add(port) && isFree(port))
        .findFirst()
        .orElseThrow();
  }

  /** Returns whether nobody listens there on loopback. */
  public static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the shell's words that wait for {@link #go}. */
  public String waitForGo() {
    return waitFor(file("go"));
  }

  /** Returns the shell's words that wait for a file. */
  public static String waitFor(Path file) {
    return "until [ -e %s ]; do sleep 0.1; done".formatted(file);
  }

  /** Ends the wait of all that has waited for it. */
  public void go() throws IOException {
    Files.createFile(file("go"));
  }

  private String url(String host, int port) {
    return trust.isPresent() ? "https://" + LOCALHOST + ":" + port : "http://" + host + ":" + port;
  }

  /** Lets the receiver reach the sender through this port instead of directly. */
  public Site sendThrough(int port) {
    vault.set(url(LOOPBACK, port), "peers", "office", "url");
    return this;
  }

  /** Returns the port of the sender-agent on its own machine. */
  public int officePort() {
    return officePort;
  }

  /** Opens a link to the sender and lets the receiver use it. */
  public LoopbackLink link(long bytesPerSecond) throws IOException {
    LoopbackLink link = LoopbackLink.to(officePort, bytesPerSecond);
    sendThrough(link.port());
    return link;
  }

  /** Writes the configuration and starts both agents. */
  public Site start() throws IOException {
    writeConfiguration();
    sender.start();
    receiver.start();
    return this;
  }

  /** Writes the three configuration files. */
  public void writeConfiguration() throws IOException {
    office.write(file("office.yaml"));
    vault.write(file("vault.yaml"));
    agents.write(file("coordinator.yaml"));
  }

  /** Runs the coordinator, for at most five minutes. */
  public CommandResult coordinator(String... arguments) throws IOException {
    return CommandResult.of(coordinatorCommand(arguments), COMMAND);
  }

  /** Returns the command that runs the coordinator on this site's agents. */
  public List<String> coordinatorCommand(String... arguments) {
    List<String> words = new ArrayList<>(vaultPlace.prefix());
    words.addAll(
        List.of(image.program("coordinator"), "--config", file("coordinator.yaml").toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  /** Starts a transfer that goes on without a coordinator, and returns its session. */
  public SessionId startDetached(String source, String target, String... options)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("start", source, target, "--detach", "--json"));
    words.addAll(List.of(options));
    CommandResult result = coordinator(words.toArray(String[]::new));
    if (result.exit() != 0) {
      throw new IOException("Tried to start a transfer but got " + result);
    }
    JsonNode id = Json.TOLERANT.readTree(result.out()).findValue("id");
    return new SessionId(id.asText());
  }

  /** Asks the sender-agent about a session. */
  public SendStatus send(SessionId id) throws IOException {
    return sender.get(ApiPaths.send(id), SendStatus.class);
  }

  /** Asks the receiver-agent about a session. */
  public ReceiveStatus receive(SessionId id) throws IOException {
    return receiver.get(ApiPaths.receive(id), ReceiveStatus.class);
  }

  /** Asks the receiver-agent about all its sessions. */
  public List<ReceiveStatus> receives() throws IOException {
    return List.of(receiver.get(ApiPaths.RECEIVES, ReceiveStatus[].class));
  }

  /** Waits until the receiver reaches this sender. */
  public void awaitPeer(String name, Duration limit) {
    Eventually.holds(
        "the receiver reaching " + name,
        limit,
        () -> receiver.get(ApiPaths.PEERS + "/" + name, PeerInfo.class).agent().isPresent());
  }

  /** Waits until the receiver has fed this many bytes to the sink, and returns its status then. */
  public ReceiveStatus awaitFed(SessionId id, long bytes, Duration limit) {
    return Eventually.find(
        bytes + " bytes fed to the sink of " + id,
        limit,
        () -> Optional.of(receive(id)).filter(status -> status.fedBytes() >= bytes));
  }

  /** Waits until the receiver says that the session has ended, and returns its status then. */
  public ReceiveStatus awaitEnd(SessionId id, Duration limit) {
    return Eventually.find(
        "the end of " + id,
        limit,
        () -> Optional.of(receive(id)).filter(status -> status.state().ended()));
  }

  /** Waits until the session pauses because a certificate is refused, and returns what it says. */
  public Failure awaitRefusal(SessionId id, Duration limit) {
    return Eventually.find(
        "a pause of " + id + " for a certificate",
        limit,
        () ->
            Optional.of(receive(id))
                .filter(status -> status.state() == SessionState.PAUSED)
                .flatMap(ReceiveStatus::failure)
                .filter(why -> why.kind() == FailureKind.CERTIFICATE_REFUSED));
  }

  /** Waits until the session has failed, and returns why. */
  public Failure awaitFailure(SessionId id, Duration limit) {
    ReceiveStatus end = awaitEnd(id, limit);
    if (end.state() != SessionState.FAILED) {
      throw new AssertionError("expected " + id + " to have failed but it is " + end);
    }
    return end.failure().orElseThrow();
  }

  /** Waits until the session is {@link SessionState#DONE} on both sides. */
  public ReceiveStatus awaitDone(SessionId id, Duration limit) throws IOException {
    ReceiveStatus end = awaitEnd(id, limit);
    if (end.state() != SessionState.DONE) {
      throw new AssertionError("expected " + id + " to be done but it is " + end);
    }
    return end;
  }

  /** Returns what the pump of one side has started. */
  public Started started(SessionId id, Role role) throws IOException {
    return SpoolFile.read(spool(id, role).started(), Started.class).orElseThrow();
  }

  /** Returns the session's directory on one side. */
  public SessionSpool spool(SessionId id, Role role) {
    Path root = Objects.requireNonNull(spools.get(role));
    return new SessionSpool(id, root.resolve("longhaul-" + role.text() + "-" + id));
  }

  /** Returns the sender-agent. */
  public Agent sender() {
    return sender;
  }

  /** Returns the receiver-agent. */
  public Agent receiver() {
    return receiver;
  }

  /** Returns the sender-agent's configuration, to be changed before {@link #start}. */
  public SiteConfig office() {
    return office;
  }

  /** Returns the receiver-agent's configuration, to be changed before {@link #start}. */
  public SiteConfig vault() {
    return vault;
  }

  /** Returns the coordinator's configuration, to be changed before {@link #start}. */
  public SiteConfig agents() {
    return agents;
  }

  /** Returns the authority of a site that was made by {@link #encrypted}. */
  public Trust trust() {
    return trust.orElseThrow();
  }

  /** Returns the path of a file in the site's directory. */
  public Path file(String name) {
    return directory.resolve(name);
  }

  /** Ends the agents and every process of their sessions, and deletes the directory. */
  @Override
  public void close() throws IOException {
    receiver.close();
    sender.close();
    new SpoolProcesses(directory).end();
    CommandResult.output(List.of("rm", "-rf", directory.toString()));
  }
}
