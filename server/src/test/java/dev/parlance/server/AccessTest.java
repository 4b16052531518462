package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.access.AccessControl;
import dev.parlance.server.access.ApiKey;
import dev.parlance.server.access.KeyLimits;
import dev.parlance.server.access.Security;
import dev.parlance.server.http.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keys and limits over a real port. */
class AccessTest {
    private static final String ALL = "sk-all";
    private static final String OTHER_MODEL = "sk-other-model";
    private static final String FEW_REQUESTS = "sk-few-requests";
    private static final String FEW_TOKENS = "sk-few-tokens";
    private static final String ONE_AT_A_TIME = "sk-one-at-a-time";

    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";

    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        AccessControl access =
                AccessControl.of(
                        List.of(
                                ApiKey.of("all", ALL),
                                new ApiKey(
                                        "other",
                                        ApiKey.hash(OTHER_MODEL),
                                        Set.of("another"),
                                        KeyLimits.NONE),
                                limited("few-requests", FEW_REQUESTS, new KeyLimits(2, 0, 0)),
                                limited("few-tokens", FEW_TOKENS, new KeyLimits(0, 100, 0)),
                                limited("one", ONE_AT_A_TIME, new KeyLimits(0, 0, 1))));
        harness =
                Harness.start(
                        new FakeBackend(), new Security(access, false, Set.of(), Optional.empty()));
    }

    private static ApiKey limited(String name, String secret, KeyLimits limits) {
        return new ApiKey(name, ApiKey.hash(secret), Set.of(), limits);
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private Reply get(String path, String key) throws Exception {
        return harness.send(request(path, key).build());
    }

    private Reply complete(String key, String fields) throws Exception {
        return harness.send(
                request(COMPLETIONS, key)
                        .POST(BodyPublishers.ofString(Harness.body("\"prompt\": \"A\", " + fields)))
                        .build());
    }

    private HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(harness.uri(path)).header("Authorization", "Bearer " + key);
    }

    private static void assertError(
            Reply reply, int status, String type, String code, String message) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.text("error.type")).isEqualTo(type);
        assertThat(reply.text("error.code")).isEqualTo(code);
        assertThat(reply.text("error.message")).contains(message);
        assertThat(reply.header("x-request-id")).startsWith("req_");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/completions",
        "POST, /v1/chat/completions",
        "GET, /v1/models",
        "GET, /v1/models/maker/small-model",
        "HEAD, /v1/models",
        "POST, /tokenize",
        "POST, /detokenize",
        "POST, /v1/tokenize",
        "POST, /v1/detokenize",
        "GET, /metrics",
        "GET, /",
        "GET, /no/such/path",
        "DELETE, /v1/models",
    })
    void everyPathIsClosedToWhoeverHasNoKey(String method, String path) throws Exception {
        HttpRequest.Builder call =
                HttpRequest.newBuilder(harness.uri(path))
                        .method(method, BodyPublishers.ofString("{}"));
        Reply reply = harness.send(call.build());
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(harness.backend.requests).isEmpty();
    }

    @Test
    void theErrorIsThatOfOpenAi() throws Exception {
        String none = "invalid_request_error";
        assertError(
                harness.get("/v1/models"), 401, none, "invalid_api_key", "didn't provide an API");
        Reply wrong = get("/v1/models", "sk-wrong");
        assertError(wrong, 401, none, "invalid_api_key", "Incorrect API key");
        assertThat(wrong.body()).doesNotContain("sk-wrong");
        assertThat(wrong.at("error.param")).isEqualTo("null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/v1/health"})
    void whetherTheServerIsWellMayBeAskedByAnybody(String path) throws Exception {
        assertThat(harness.get(path).status()).isEqualTo(200);
    }

    @Test
    void optionsNeedNoKey() throws Exception {
        HttpRequest.Builder call =
                HttpRequest.newBuilder(harness.uri(CHAT))
                        .method("OPTIONS", BodyPublishers.noBody());
        assertThat(harness.send(call.build()).status()).isEqualTo(204);
    }

    @Test
    void nobodyWithoutAKeySendsABody() throws Exception {
        try (RawClient client = new RawClient(harness.server.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: x\nContent-Length: 1000000\n\n");
            // The answer does not wait for what was announced.
            assertThat(client.readResponse()).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void aKeyIsServed() throws Exception {
        Reply reply = complete(ALL, "\"max_tokens\": 5");
        assertThat(reply.text("choices[0].text")).isEqualTo("ok");
        // Work is shared fairly among keys.
        assertThat(harness.backend.requests.getFirst().terms().tenant()).isEqualTo("all");
        assertThat(reply.headers().map().keySet()).noneMatch(name -> name.contains("ratelimit"));
    }

    @Test
    void aModelThatAKeyMayNotUseIsNotThere() throws Exception {
        String error = "does not exist";
        String type = "invalid_request_error";
        assertError(complete(OTHER_MODEL, "\"n\": 1"), 404, type, "model_not_found", error);
        String path = "/v1/models/" + Harness.MODEL;
        assertError(get(path, OTHER_MODEL), 404, type, "model_not_found", error);
        assertThat(get("/v1/models", OTHER_MODEL).at("data")).isEqualTo("[]");
        assertThat(get(path, ALL).status()).isEqualTo(200);
        assertThat(get("/v1/models", ALL).text("data[0].id")).isEqualTo(Harness.MODEL);
    }

    @Test
    void tooManyRequestsInAMinuteAreRefusedUntilLater() throws Exception {
        Reply first = complete(FEW_REQUESTS, "\"n\": 1");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("x-ratelimit-limit-requests")).isEqualTo("2");
        assertThat(first.header("x-ratelimit-remaining-requests")).isEqualTo("1");
        assertThat(first.header("x-ratelimit-reset-requests")).matches("(30|29)s");
        // What is refused counts too.
        assertThat(complete(FEW_REQUESTS, "\"n\": 0").status()).isEqualTo(400);

        Reply third = complete(FEW_REQUESTS, "\"n\": 1");
        assertError(
                third,
                429,
                "requests",
                "rate_limit_exceeded",
                "Rate limit reached on requests per min: limit 2, remaining 0, requested 1.");
        assertThat(Integer.parseInt(third.header("retry-after"))).isBetween(1, 30);
        assertThat(third.header("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(third.header("x-should-retry")).isEmpty();
        assertThat(harness.backend.requests).hasSize(1);
        // Others are not held up.
        assertThat(complete(ALL, "\"n\": 1").status()).isEqualTo(200);
    }

    @Test
    void tokensAreReservedAndCorrectedByWhatWasUsed() throws Exception {
        // Prompt of 2 tokens (BOS and A), answer of 3 ("ok" and the end).
        Reply first = complete(FEW_TOKENS, "\"max_tokens\": 90");
        assertThat(first.number("usage.total_tokens")).isEqualTo(5);
        assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("100");
        assertThat(Long.parseLong(first.header("x-ratelimit-remaining-tokens")))
                .isBetween(95L, 100L);

        harness.backend.silentAfter = 1;
        try (RawClient silent = new RawClient(harness.server.port())) {
            String body = Harness.body("\"prompt\": \"A\", \"max_tokens\": 80, \"stream\": true");
            silent.send(
                    "POST /v1/completions HTTP/1.1\nHost: x\nAuthorization: Bearer "
                            + FEW_TOKENS
                            + "\nContent-Length: "
                            + body.length()
                            + "\n\n"
                            + body);
            silent.readUntil("data: ");
            Reply second = complete(FEW_TOKENS, "\"max_tokens\": 80");
            assertError(
                    second,
                    429,
                    "tokens",
                    "rate_limit_exceeded",
                    "Rate limit reached on tokens per min: limit 100, remaining ");
            assertThat(Integer.parseInt(second.header("retry-after"))).isBetween(1, 60);
        }
        assertThat(harness.backend.requests).hasSize(2);
    }

    @Test
    void onlySoManyRequestsOfAKeyRunAtATime() throws Exception {
        harness.backend.silentAfter = 1;
        try (RawClient silent = new RawClient(harness.server.port())) {
            String body = Harness.body("\"prompt\": \"A\", \"stream\": true");
            silent.send(
                    "POST /v1/completions HTTP/1.1\nHost: x\nAuthorization: Bearer "
                            + ONE_AT_A_TIME
                            + "\nContent-Length: "
                            + body.length()
                            + "\n\n"
                            + body);
            silent.readUntil("data: ");
            Reply second = complete(ONE_AT_A_TIME, "\"n\": 1");
            assertError(
                    second,
                    429,
                    "requests",
                    "rate_limit_exceeded",
                    "this key may have 1 requests answered at a time");
            assertThat(second.header("retry-after")).isEqualTo("1");
        }
        // Its place is free as soon as its end is known, which no client is told.
        harness.backend.streams.take().closed.await();
        harness.backend.silentAfter = Integer.MAX_VALUE;
        Reply reply = complete(ONE_AT_A_TIME, "\"n\": 1");
        while (reply.status() == 429) {
            reply = complete(ONE_AT_A_TIME, "\"n\": 1");
        }
        assertThat(reply.status()).isEqualTo(200);
        // Neither does an answer that was read to its end hold its place.
        for (int i = 0; i < 20; i++) {
            assertThat(complete(ONE_AT_A_TIME, "\"stream\": true").status()).isEqualTo(200);
            assertThat(complete(ONE_AT_A_TIME, "\"n\": 1").status()).isEqualTo(200);
        }
    }
}
