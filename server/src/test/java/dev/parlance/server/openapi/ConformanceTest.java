package dev.parlance.server.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.openapi.Conformance.Exchange;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;

/** The check finds what does not fit. */
class ConformanceTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";

    private static final String ANSWER =
            """
            {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices":
             [{"text": "x", "index": 0, "finish_reason": "stop", "logprobs": null}]}
            """;

    private static final String CHUNK =
            """
            {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
             "choices": [{"index": 0, "delta": {}, "finish_reason": %s}]}\
            """
                    .replace("\n", "");

    private static final String ERROR =
            "{\"error\": {\"message\": \"m\", \"type\": \"t\", \"param\": null, \"code\": %s}}";

    @BeforeAll
    static void needTheDescription() {
        OpenApi.load();
    }

    private static List<String> problemsOfRequest(String fields) {
        String request = "{\"model\": \"m\", \"prompt\": \"A\"" + fields + "}";
        return Conformance.problems(
                new Exchange("POST", COMPLETIONS, request, 200, "application/json", ANSWER));
    }

    private static List<String> problemsOfStream(String stream) {
        String request =
                "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"A\"}]}";
        return Conformance.problems(
                new Exchange("POST", CHAT, request, 200, "text/event-stream", stream));
    }

    private static List<String> problemsOfAnswer(String path, int status, String answer) {
        return Conformance.problems(
                new Exchange("GET", path, "", status, "application/json", answer));
    }

    @Test
    void aRequestThatFitsHasNoProblem() {
        assertThat(problemsOfRequest(", \"max_tokens\": 5, \"top_k\": 3, \"unheard_of\": 1"))
                .isEmpty();
    }

    @Test
    void anAcceptedRequestMustFit() {
        assertThat(problemsOfRequest(", \"max_tokens\": \"5\""))
                .anyMatch(problem -> problem.startsWith("/max_tokens: string found, integer"));
        assertThat(problemsOfRequest(", \"temperature\": 3"))
                .anyMatch(problem -> problem.startsWith("/temperature: must have a maximum"));
        assertThat(problemsOfRequest(", \"stream_options\": {\"include_usage\": 1}"))
                .anyMatch(problem -> problem.startsWith("/stream_options/include_usage: integer"));
        assertThat(problemsOfRequest(", \"topk\": 3"))
                .singleElement()
                .asString()
                .startsWith("/topk: in no table");
    }

    @Test
    void whatWasRefusedMayBeAsItLikes() {
        assertThat(
                        Conformance.problems(
                                new Exchange(
                                        "POST",
                                        CHAT,
                                        "{",
                                        400,
                                        "application/json",
                                        ERROR.formatted("null"))))
                .isEmpty();
    }

    @Test
    void everyChunkMustFit() {
        String good = "data: " + CHUNK.formatted("null") + "\n\n";
        String bad = "data: " + CHUNK.formatted("\"eos\"") + "\n\n";

        assertThat(problemsOfStream(": ping\n\n" + good + good + "data: [DONE]\n\n")).isEmpty();
        assertThat(problemsOfStream(good + bad + good))
                .anyMatch(problem -> problem.startsWith("/choices/0/finish_reason: does not"));
        assertThat(problemsOfStream(good + "data: {\"id\": \n\n")).hasSize(1);
    }

    @Test
    void aChunkThatHasNotComeWholeIsNotLookedAt() {
        assertThat(problemsOfStream("data: " + CHUNK.formatted("null") + "\n\ndata: {\"id\": "))
                .isEmpty();
    }

    @Test
    void everyErrorMustFit() {
        String good = ERROR.formatted("\"c\"");
        String bad = ERROR.formatted("500");

        assertThat(problemsOfStream("event: error\ndata: " + good + "\n\n")).isEmpty();
        assertThat(problemsOfStream("event: error\ndata: " + bad + "\n\n")).isNotEmpty();
        assertThat(problemsOfAnswer("/metrics", 401, good)).isEmpty();
        assertThat(problemsOfAnswer("/metrics", 401, bad)).isNotEmpty();
        assertThat(problemsOfAnswer("/metrics", 500, "Internal error")).hasSize(1);
    }

    @Test
    void modelsMustFit() {
        String model =
                "{\"id\": \"m\", \"object\": \"model\", \"created\": 1, \"owned_by\": \"o\"}";
        String list = "{\"object\": \"list\", \"data\": [" + model + "]}";

        assertThat(problemsOfAnswer("/v1/models/a/b", 200, model)).isEmpty();
        assertThat(problemsOfAnswer("/v1/models/a/b", 200, list)).isNotEmpty();
        assertThat(problemsOfAnswer("/v1/models", 200, list)).isEmpty();
        assertThat(problemsOfAnswer("/v1/models", 200, model)).isNotEmpty();
    }
}
