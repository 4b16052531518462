package dev.parlance.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.access.AccessControl;
import dev.parlance.server.access.ApiKey;
import dev.parlance.server.access.Security;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What pages in a browser may do, and under which names the server answers. */
class CrossOriginTest {
    private static final String PREFLIGHT =
            "Access-Control-Request-Method: POST\n"
                    + "Access-Control-Request-Headers: authorization, x-stainless-os\n";

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private String answer(Security security, String request) throws IOException {
        Router router =
                Router.builder()
                        .get(
                                "/hello",
                                _ -> new HttpResponse.Whole(200, java.util.Map.of(), new byte[0]))
                        .build();
        HttpListener listener =
                HttpListener.start(
                        HttpListenerTest.options(),
                        new Connections(100),
                        security,
                        router,
                        HttpListenerTest.FAILURES);
        open.add(listener);
        RawClient client = new RawClient(listener.port());
        open.addFirst(client);
        return client.send(request).readResponse();
    }

    private static Security allowing(String... origins) {
        return new Security(AccessControl.open(), false, Set.of(origins), Optional.empty());
    }

    private static String get(String origin) {
        return "GET /hello HTTP/1.1\nHost: localhost\nOrigin: " + origin + "\n\n";
    }

    private static String preflight(String origin) {
        return "OPTIONS /hello HTTP/1.1\nHost: localhost\nOrigin: "
                + origin
                + "\n"
                + PREFLIGHT
                + "\n";
    }

    @Test
    void aPageThatIsAllowedMayReadAnswersAndErrors() throws Exception {
        Security security = allowing("https://chat.example", "http://localhost:3000");
        assertThat(answer(security, get("https://chat.example")))
                .startsWith("HTTP/1.1 200")
                .contains("access-control-allow-origin: https://chat.example\r\n")
                .contains("vary: origin\r\n")
                .containsPattern("access-control-expose-headers: .*x-request-id.*retry-after");
        assertThat(answer(security, get("http://localhost:3000").replace("/hello", "/no")))
                .startsWith("HTTP/1.1 404")
                .contains("access-control-allow-origin: http://localhost:3000\r\n");
    }

    @Test
    void otherPagesMayNot() throws Exception {
        for (String request : List.of(get("https://other.example"), preflight("null"))) {
            assertThat(answer(allowing("https://chat.example"), request))
                    .contains("vary: origin\r\n")
                    .doesNotContain("access-control");
        }
    }

    @Test
    void everyPageMayIfAskedFor() throws Exception {
        assertThat(answer(allowing("*"), get("https://other.example")))
                .contains("access-control-allow-origin: *\r\n")
                .doesNotContain("vary");
    }

    @Test
    void aPreflightNeedsNoKeyAndGetsTheHeadersItAskedFor() throws Exception {
        Security keyed =
                new Security(
                        AccessControl.of(List.of(ApiKey.of("a", "secret"))),
                        false,
                        Set.of("https://chat.example"),
                        Optional.empty());
        assertThat(answer(keyed, preflight("https://chat.example")))
                .startsWith("HTTP/1.1 204")
                .contains("access-control-allow-origin: https://chat.example\r\n")
                .contains("access-control-allow-methods: GET, HEAD, POST, OPTIONS\r\n")
                .contains("access-control-allow-headers: authorization, x-stainless-os\r\n")
                .contains("access-control-max-age: 86400\r\n");
        // A page must be able to read that its key is wrong.
        assertThat(answer(keyed, get("https://chat.example")))
                .startsWith("HTTP/1.1 500")
                .contains("access-control-allow-origin: https://chat.example\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "127.0.0.1:8080",
                "192.168.1.5",
                "[::1]:8080",
                "app.localhost",
                "host.docker.internal",
                "my-computer",
                "my-computer.local:80"
            })
    void answersUnderNamesThatNoPageCanHave(String host) throws Exception {
        assertThat(answer(Security.NONE, "GET /hello HTTP/1.1\nHost: " + host + "\n\n"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example"})
    void refusesNamesThatAPageMayHaveBentToThisMachine(String host) throws Exception {
        String request = "GET /hello HTTP/1.1\nHost: " + host + "\n\n";
        assertThat(answer(Security.NONE, request))
                .startsWith("HTTP/1.1 403")
                .contains("is not a name of this server");

        AccessControl keys = AccessControl.of(List.of(ApiKey.of("a", "secret")));
        String withKey = request.replace("\n\n", "\nAuthorization: Bearer secret\n\n");
        assertThat(answer(new Security(keys, false, Set.of(), Optional.empty()), withKey))
                .startsWith("HTTP/1.1 200");
        Security anyName = new Security(AccessControl.open(), true, Set.of(), Optional.empty());
        assertThat(answer(anyName, request)).startsWith("HTTP/1.1 200");
    }
}
