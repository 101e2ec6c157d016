package io.longhaul.packaging.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A test of an outage is worth what its link is. */
class LoopbackLinkTest {
  private static final int SILENCE_MILLIS = 300;
  private static final long FAST = 1 << 30;

  private final ServerSocket server;
  private final LoopbackLink link;

  LoopbackLinkTest() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    link = LoopbackLink.to(server.getLocalPort(), FAST);
  }

  @AfterEach
  void close() throws Exception {
    link.close();
    server.close();
  }

  @BeforeEach
  void nothingWasCarried() {
    assertThat(link.carriedBytes()).isZero();
  }

  @Test
  void carriesBothWaysAndCounts() throws Exception {
    try (var near = connect();
        var far = server.accept()) {
      near.getOutputStream().write(bytes("GET /v1/sends/x/chunks/7 HTTP/1.1\r\n"));
      assertThat(far.getInputStream().read()).isEqualTo('G');
      far.getOutputStream().write(bytes("hello"));
      assertThat(near.getInputStream().readNBytes(5)).isEqualTo(bytes("hello"));
      assertThat(link.carriedBytes()).isEqualTo(5);
      assertThat(link.requestedChunks()).containsExactly(7L);
    }
  }

  @Test
  void cutIsSilentAndLosesNothing() throws Exception {
    try (var near = connect();
        var far = server.accept()) {
      near.setSoTimeout(SILENCE_MILLIS);
      link.cut();
      far.getOutputStream().write(bytes("later"));
      assertThatThrownBy(() -> near.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      near.setSoTimeout(0);
      link.restore();
      assertThat(near.getInputStream().readNBytes(5)).isEqualTo(bytes("later"));
    }
  }

  @Test
  void refusalEndsConnectionsAndTakesNoNewOnes() throws Exception {
    try (var near = connect();
        var far = server.accept()) {
      far.getOutputStream().write(1);
      assertThat(near.getInputStream().read()).isEqualTo(1);
      link.refuse();
      assertThatThrownBy(() -> near.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
    link.restore();
    try (var near = connect();
        var far = server.accept()) {
      far.getOutputStream().write(2);
      assertThat(near.getInputStream().read()).isEqualTo(2);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), link.port());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
