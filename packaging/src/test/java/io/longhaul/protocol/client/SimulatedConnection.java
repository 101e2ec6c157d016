package io.longhaul.protocol.client;

import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;

/** A connection to an agent whose requests never reach a socket. */
public final class SimulatedConnection {
  private static final OkHttpClient BASE = new OkHttpClient();

  private SimulatedConnection() {}

  /** Returns a connection that {@code network} answers. */
  public static AgentConnection over(Interceptor network) {
    return new AgentConnection(
        "receiver-agent",
        Objects.requireNonNull(HttpUrl.get("http://office/")),
        Optional.empty(),
        BASE.newBuilder().retryOnConnectionFailure(false).addInterceptor(network).build());
  }
}
