package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiPathsTest {
  private static final SessionId ID = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");

  @Test
  void areThoseOfTheDesign() {
    assertThat(ApiPaths.send(ID)).isEqualTo("v1/sends/01k6zv5q8r3m9x2c7b4t0hfgjd");
    assertThat(ApiPaths.receive(ID)).isEqualTo("v1/receives/01k6zv5q8r3m9x2c7b4t0hfgjd");
    assertThat(ApiPaths.manifest(ID)).isEqualTo("v1/sends/01k6zv5q8r3m9x2c7b4t0hfgjd/manifest");
    assertThat(ApiPaths.chunk(ID, 7)).isEqualTo("v1/sends/01k6zv5q8r3m9x2c7b4t0hfgjd/chunks/7");
  }
}
