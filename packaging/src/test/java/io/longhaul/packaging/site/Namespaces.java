package io.longhaul.packaging.site;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Two network namespaces joined by a cable; needs root and iproute2. */
public final class Namespaces implements AutoCloseable {
  private static final String A_HOST = "10.201.77.1";
  private static final String B_HOST = "10.201.77.2";

  /** The name of the cable's end in each namespace. */
  public static final String DEVICE = "cable";

  private final String a;
  private final String b;

  private Namespaces(String a, String b) {
    this.a = a;
    this.b = b;
  }

  /** Makes both namespaces and the cable. */
  public static Namespaces create() throws IOException {
    String id = Integer.toString(ThreadLocalRandom.current().nextInt(1 << 20), 36);
    var made = new Namespaces("longhaul-a-" + id, "longhaul-b-" + id);
    ip("netns", "add", made.a);
    ip("netns", "add", made.b);
    ip("link", "add", DEVICE, "netns", made.a, "type", "veth", "peer", DEVICE, "netns", made.b);
    made.configure(made.a, A_HOST);
    made.configure(made.b, B_HOST);
    return made;
  }

  private void configure(String namespace, String host) throws IOException {
    ip("-n", namespace, "address", "add", host + "/24", "dev", DEVICE);
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "set", DEVICE, "up");
  }

  /** Returns the one end. */
  public Place a() {
    return place(a, A_HOST);
  }

  /** Returns the other end. */
  public Place b() {
    return place(b, B_HOST);
  }

  private static Place place(String namespace, String host) {
    return new Place(List.of("ip", "netns", "exec", namespace), host);
  }

  /** Pulls the cable out. */
  public void cut() throws IOException {
    ip("-n", a, "link", "set", DEVICE, "down");
  }

  /** Plugs it in again. */
  public void restore() throws IOException {
    ip("-n", a, "link", "set", DEVICE, "up");
  }

  /** Removes both; the processes in them must have ended. */
  @Override
  public void close() throws IOException {
    ip("netns", "delete", a);
    ip("netns", "delete", b);
  }

  private static void ip(String... arguments) throws IOException {
    var words = new java.util.ArrayList<String>(List.of("ip"));
    words.addAll(List.of(arguments));
    CommandResult.output(words);
  }
}
