package io.longhaul.protocol.doctor;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.wire.AgentInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import okhttp3.Response;

/** Whether a sender answers this receiver, and what its clock says. */
final class PeerCheck {
  private static final String PROGRAM = "receiver-agent";

  private final String name;
  private final String check;
  private final AgentAddress address;

  PeerCheck(String name, AgentAddress address) {
    this.name = name;
    this.check = "peer " + name;
    this.address = address;
  }

  List<Finding> look(Optional<Tls> tls, InstantSource clock) {
    try {
      AgentConnection connection = AgentConnection.to(PROGRAM, address, tls, 1);
      List<Finding> findings = new ArrayList<>();
      Optional<ClockCheck> skew = askTheTime(connection, clock);
      findings.add(
          judge(new AgentClient(connection).get(ApiPaths.AGENT, Duration.ZERO, AgentInfo.class)));
      skew.map(ClockCheck::judge).ifPresent(findings::add);
      return findings;
    } catch (ConfigException | TransferException e) {
      return List.of(
          Finding.fail(
              check,
              String.valueOf(e.getMessage()),
              "does the sender-agent run there, is peers."
                  + name
                  + ".url right, and does the firewall let us through?"));
    }
  }

  /* Whatever the answer is, a Date comes with it. */
  private Optional<ClockCheck> askTheTime(AgentConnection connection, InstantSource clock)
      throws TransferException {
    Instant asked = clock.instant();
    try (Response response =
        connection.client().newCall(connection.request(ApiPaths.AGENT).get().build()).execute()) {
      Instant answered = clock.instant();
      return Optional.ofNullable(response.headers().getDate("Date"))
          .map(Date::toInstant)
          .map(date -> ClockCheck.of(name, date, asked, answered));
    } catch (IOException e) {
      throw AgentConnection.unanswered("reach " + connection, e);
    }
  }

  private Finding judge(AgentInfo agent) {
    return agent.role() == Role.SEND
        ? Finding.ok(
            check,
            "%s answers at %s; it is '%s' and knows us as '%s'"
                .formatted(agent.software(), address.url(), agent.name(), agent.identity()))
        : Finding.fail(
            check,
            "at " + address.url() + " is the " + agent.role().agent() + " of " + agent.name(),
            "correct peers." + name + ".url");
  }
}
