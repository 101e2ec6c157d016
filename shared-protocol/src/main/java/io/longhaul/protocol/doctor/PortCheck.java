package io.longhaul.protocol.doctor;

import io.longhaul.protocol.spool.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Whether an agent can listen.
 *
 * @param address where
 * @param refusal why this process cannot; empty if it can
 * @param running whether an agent of the role works in the configured spool
 */
record PortCheck(InetSocketAddress address, Optional<String> refusal, boolean running) {
  static PortCheck look(InetSocketAddress address, boolean running) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return new PortCheck(address, Optional.empty(), running);
    } catch (IOException e) {
      return new PortCheck(address, Optional.of(String.valueOf(e.getMessage())), running);
    }
  }

  Finding judge(Role role) {
    String where = address.getHostString() + ":" + address.getPort();
    if (refusal.isEmpty()) {
      return Finding.ok("port", where + " is free");
    }
    if (running && refusal.get().startsWith("Address already in use")) {
      return Finding.ok("port", where + " is in use, and a " + role.agent() + " is running");
    }
    return Finding.fail(
        "port",
        where + " cannot be listened on: " + refusal.get(),
        "correct listen.host or listen.port, or end who has it: ss -ltnp 'sport = :"
            + address.getPort()
            + "'");
  }
}
