package io.longhaul.protocol.client;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okio.AsyncTimeout;

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
        BASE.newBuilder()
            .retryOnConnectionFailure(false)
            .addInterceptor(SimulatedConnection::withoutLimit)
            .addInterceptor(network)
            .build());
  }

  /* A call's limit counts real time, of which there is none in here. */
  private static Response withoutLimit(Interceptor.Chain chain) throws IOException {
    var _ = ((AsyncTimeout) chain.call().timeout()).exit();
    return chain.proceed(chain.request());
  }
}
