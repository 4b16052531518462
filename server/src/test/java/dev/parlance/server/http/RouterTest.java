package dev.parlance.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.server.access.Grant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.Map;

class RouterTest {
    private final HttpHandler list = _ -> new HttpResponse.Whole(200, Map.of(), new byte[0]);
    private final HttpHandler one = _ -> new HttpResponse.Whole(200, Map.of(), new byte[0]);
    private final HttpHandler make = _ -> new HttpResponse.Whole(200, Map.of(), new byte[0]);
    private final Router router =
            Router.builder()
                    .get("/things", list)
                    .post("/things", make)
                    .getPrefix("/things/", one)
                    .build();

    @Test
    void findsExactPathsAndPrefixes() {
        assertThat(router.find("GET", "/things")).isSameAs(list);
        assertThat(router.find("HEAD", "/things")).isSameAs(list);
        assertThat(router.find("POST", "/things")).isSameAs(make);
        assertThat(router.find("GET", "/things/a/b")).isSameAs(one);
    }

    @ParameterizedTest
    @CsvSource({"/", "/thing", "/things/", "/Things"})
    void doesNotFindOtherPaths(String path) {
        assertThatThrownBy(() -> router.find("GET", path))
                .isInstanceOfSatisfying(
                        HttpProblem.class,
                        problem ->
                                assertThat(problem.kind()).isEqualTo(HttpProblem.Kind.NOT_FOUND));
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /things, 'GET, HEAD, OPTIONS, POST'",
        "POST, /things/a, 'GET, HEAD, OPTIONS'"
    })
    void saysWhichMethodsAPathHas(String method, String path, String allowed) {
        assertThatThrownBy(() -> router.find(method, path))
                .isInstanceOfSatisfying(
                        HttpProblem.class,
                        problem -> assertThat(problem.allowedMethods()).hasValue(allowed));
    }

    @Test
    void refusesTwoHandlersForOneRoute() {
        assertThatThrownBy(() -> Router.builder().get("/a", list).get("/a", one))
                .hasMessage("two routes for GET /a");
    }

    @Test
    void onlyPathsThatWereOpenedNeedNoKey() {
        Router opened = Router.builder().get("/a", list).get("/b", one).open("/a").build();
        assertThat(opened.isOpen("/a")).isTrue();
        assertThat(opened.isOpen("/b")).isFalse();
        assertThat(opened.isOpen("/a/")).isFalse();
        assertThat(opened.isOpen("/A")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"a%2Fb, a/b", "a/b, a/b", "a+b%20c, 'a+b c'", "%C3%A9, é"})
    void decodesTheRestOfAPath(String rest, String decoded) {
        assertThat(request("/things/" + rest).pathAfter("/things/")).isEqualTo(decoded);
    }

    @ParameterizedTest
    @CsvSource({"%2", "%zz"})
    void doesNotFindBrokenEscapes(String rest) {
        assertThatThrownBy(() -> request("/things/" + rest).pathAfter("/things/"))
                .isInstanceOf(HttpProblem.class);
    }

    @Test
    void logsNameARequestByTheClientsIdTooShortAndOnOneLine() {
        assertThat(request("/").logName()).isEqualTo("id");
        assertThat(withClientId("trace-1").logName()).isEqualTo("id (client's id: trace-1)");
        assertThat(request("/", Map.of("x-request-id", "proxy-1")).logName())
                .isEqualTo("id (client's id: proxy-1)");
        assertThat(withClientId("a\r\nINFO forged\u001b[31mé").logName())
                .isEqualTo("id (client's id: a??INFO forged?[31m?)");
        assertThat(withClientId("x".repeat(10_000)).logName()).hasSizeLessThan(600);
    }

    private static HttpRequest withClientId(String clientId) {
        return request("/", Map.of("x-client-request-id", clientId));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0ms",
        "20, 20ms",
        "999, 999ms",
        "1000, 1s",
        "1001, 2s",
        "59_000, 59s",
        "59_001, 1m0s",
        "360_000, 6m0s"
    })
    void durationsAreWrittenAsOpenAiDoes(String millis, String text) {
        Duration duration = Duration.ofMillis(Long.parseLong(millis.replace("_", "")));
        assertThat(ResponseHeaders.text(duration)).isEqualTo(text);
    }

    private static HttpRequest request(String path) {
        return request(path, Map.of());
    }

    private static HttpRequest request(String path, Map<String, String> headers) {
        return new HttpRequest(
                "id",
                "GET",
                path,
                headers,
                new byte[0],
                new Cancellation(),
                new Cancellation(),
                new RequestScope(),
                Grant.NONE);
    }
}
