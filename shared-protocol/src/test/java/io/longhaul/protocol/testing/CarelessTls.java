package io.longhaul.protocol.testing;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.Pem;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** TLS of somebody who believes everybody and shows anything: for what others have to refuse. */
public final class CarelessTls {
  private static final char[] PASSWORD = new char[0];

  private CarelessTls() {}

  /** Returns a context of all versions of TLS; without files it shows no certificate. */
  public static SSLContext context(Optional<TlsConfig> shown)
      throws GeneralSecurityException, IOException, ConfigException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        shown.isPresent() ? keys(shown.get()) : null, new TrustManager[] {believing()}, null);
    return context;
  }

  /* SunX509 does not look whether the other side could accept the certificate. */
  private static KeyManager[] keys(TlsConfig files)
      throws GeneralSecurityException, IOException, ConfigException {
    List<X509Certificate> chain = Pem.certificates(files.certificate());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, PASSWORD);
    keys.setKeyEntry(
        "own",
        Pem.key(files.key(), chain.getFirst().getPublicKey().getAlgorithm()),
        PASSWORD,
        chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(keys, PASSWORD);
    return factory.getKeyManagers();
  }

  /** Returns a check that lets everybody pass. */
  public static X509TrustManager believing() {
    return new Believing();
  }

  private static final class Believing implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
