package dev.parlance.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.server.access.AccessControl;
import dev.parlance.server.access.Security;
import dev.parlance.server.access.TlsFiles;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

class TlsTest {
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch gone = new CountDownLatch(1);
    private final CountDownLatch started = new CountDownLatch(1);

    @TempDir private Path folder;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = TlsTest.class.getResourceAsStream(name)) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    private Path file(String name) throws IOException {
        return Files.write(folder.resolve(name), resource(name));
    }

    private HttpListener listen(Path certificate, Path key) throws IOException {
        Router router =
                Router.builder()
                        .post(
                                "/echo",
                                request -> new HttpResponse.Whole(200, Map.of(), request.body()))
                        .get("/events", _ -> new HttpResponse.Events(writer -> writer.send("one")))
                        .get(
                                "/endless",
                                request -> {
                                    request.clientGone().onCancel(gone::countDown);
                                    started.countDown();
                                    gone.await();
                                    throw new ClientGoneException();
                                })
                        .build();
        Security security =
                new Security(
                        AccessControl.open(),
                        false,
                        Set.of(),
                        Optional.of(new TlsFiles(certificate, key)));
        HttpListener listener =
                HttpListener.start(
                        HttpListenerTest.options(),
                        new Connections(100),
                        security,
                        router,
                        HttpListenerTest.FAILURES);
        open.add(listener);
        return listener;
    }

    private HttpClient client(HttpClient.Version version) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "server",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(resource("certificate.pem"))));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        HttpClient client = HttpClient.newBuilder().sslContext(tls).version(version).build();
        open.addFirst(client);
        return client;
    }

    private static HttpRequest.Builder request(HttpListener listener, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + listener.port() + path));
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void servesWhatTheClientSpeaks(HttpClient.Version version) throws Exception {
        HttpListener listener = listen(file("certificate.pem"), file("key.pem"));
        HttpClient client = client(version);

        var echo =
                client.send(
                        request(listener, "/echo").POST(BodyPublishers.ofString("body")).build(),
                        BodyHandlers.ofString());
        assertThat(echo.version()).isEqualTo(version);
        assertThat(echo.body()).isEqualTo("body");
        assertThat(echo.headers().firstValue("x-request-id")).isPresent();

        var events = client.send(request(listener, "/events").build(), BodyHandlers.ofString());
        assertThat(events.body()).isEqualTo("data: one\n\n");

        byte[] large = new byte[100_000];
        var refused =
                client.send(
                        request(listener, "/echo")
                                .POST(BodyPublishers.ofByteArray(large))
                                .expectContinue(true)
                                .build(),
                        BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(
                        client.send(
                                        request(listener, "/echo")
                                                .POST(BodyPublishers.ofByteArray(large))
                                                .build(),
                                        BodyHandlers.ofString())
                                .statusCode())
                .isEqualTo(413);
        assertThat(
                        client.send(request(listener, "/no").build(), BodyHandlers.ofString())
                                .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aStreamOfHttp2ThatIsCancelledIsNoticed() throws Exception {
        HttpListener listener = listen(file("certificate.pem"), file("key.pem"));
        HttpClient client = client(HttpClient.Version.HTTP_2);
        var answer =
                client.sendAsync(request(listener, "/endless").build(), BodyHandlers.ofString());
        started.await();
        answer.cancel(true);
        gone.await();
        // The connection goes on.
        var events = client.send(request(listener, "/events").build(), BodyHandlers.ofString());
        assertThat(events.body()).isEqualTo("data: one\n\n");
    }

    @Test
    void plainTextToThePortIsNotServed() throws Exception {
        HttpListener listener = listen(file("certificate.pem"), file("key.pem"));
        try (RawClient client = new RawClient(listener.port())) {
            client.send("GET /events HTTP/1.1\nHost: x\n\n");
            assertThat(client.skip(1000)).isLessThan(100);
        }
    }

    @Test
    void saysWhichFilesCannotBeUsed() throws Exception {
        Path certificate = file("certificate.pem");
        Path key = file("key.pem");
        Path text = Files.writeString(folder.resolve("text.pem"), "no PEM", StandardCharsets.UTF_8);

        assertThatThrownBy(() -> listen(folder.resolve("missing.pem"), key))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing.pem");
        for (Path[] pair :
                List.of(
                        new Path[] {text, key},
                        new Path[] {certificate, text},
                        new Path[] {certificate, file("other-key.pem")})) {
            assertThatThrownBy(() -> listen(pair[0], pair[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "cannot use the certificate " + pair[0] + " with the key " + pair[1]);
        }
    }
}
