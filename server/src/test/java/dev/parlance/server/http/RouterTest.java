package dev.parlance.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static HttpRequest request(String path) {
        return new HttpRequest(
                "id",
                "GET",
                path,
                Map.of(),
                new byte[0],
                new Cancellation(),
                new Cancellation(),
                new RequestScope());
    }
}
