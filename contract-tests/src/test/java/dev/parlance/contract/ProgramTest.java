package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.parlance.server.openapi.OpenApi;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** What is said to the program is heard, and checked. */
class ProgramTest {
    private static int complete(Program program, String fields)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(program.baseUrl().resolve("/v1/completions"))
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"model\": \"parlance-tiny\", \"prompt\": \"tea\", "
                                                + fields
                                                + "}"))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString()).statusCode();
        }
    }

    @Test
    void everyRequestAndItsAnswerAreHeard() throws IOException, InterruptedException {
        try (Program program = Program.serve()) {
            complete(program, "\"stream\": true");
            complete(program, "\"temperature\": 3");

            assertThat(program.wiretap().turns())
                    .extracting(Conversation.Turn::path, Conversation.Turn::status)
                    .containsExactly(tuple("/v1/completions", 200), tuple("/v1/completions", 400));
            Conversation.Turn first = program.wiretap().turns().getFirst();
            assertThat(first.request().body()).contains("\"stream\": true");
            assertThat(first.answer().body()).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void whatIsInNoTableIsFound() throws IOException, InterruptedException {
        OpenApi.load();
        Program program = Program.serve();
        assertThat(complete(program, "\"topk\": 3")).isEqualTo(200);

        assertThatThrownBy(program::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("/topk: in no table");
    }
}
