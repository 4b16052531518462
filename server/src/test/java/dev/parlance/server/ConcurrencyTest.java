package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class ConcurrencyTest {
    private static final int CLIENTS = 200;

    @Test
    void manyClientsAtOnceEachGetTheirOwnAnswer() throws Exception {
        FakeBackend backend = new FakeBackend();
        backend.script =
                (request, choice) ->
                        FakeBackend.ids(
                                "answer to "
                                        + new ByteTokenizer().decode(request.promptTokens(), false)
                                        + ", choice "
                                        + choice);
        try (Harness harness = Harness.start(backend);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String fields = "\"prompt\": \"" + i + "\", \"n\": 2";
                tasks.add(() -> harness.complete(fields).text("choices[1].text"));
                tasks.add(() -> streamed(harness, fields));
            }
            List<Future<String>> answers = clients.invokeAll(tasks);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo("answer to " + i / 2 + ", choice 1");
            }
        }
    }

    private static String streamed(Harness harness, String fields) throws Exception {
        StringBuilder text = new StringBuilder();
        for (JsonObject chunk : harness.complete(fields + ", \"stream\": true").chunks()) {
            if (Reply.find(chunk, "choices[0].index").equals(JsonNumber.of(1))) {
                text.append(((JsonString) Reply.find(chunk, "choices[0].text")).value());
            }
        }
        return text.toString();
    }
}
