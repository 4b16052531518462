package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.SplittableRandom;

@Timeout(60)
class LexiconTest {
    private static final int OVERHEAD = 7;

    private static Lexicon learn(FakeServer server) throws InterruptedException {
        ClientOptions options =
                new ClientOptions(Api.CHAT, JsonObject.EMPTY, Duration.ofSeconds(30));
        try (OpenAiClient client = new OpenAiClient(server.target(), options, System::nanoTime)) {
            return Lexicon.learn(client);
        }
    }

    /** A vocabulary of up to three letters, in which a space begins a word. */
    private static int tokens(String text) {
        int tokens = 0;
        for (String word : text.split("(?= )")) {
            tokens += (word.length() + 2) / 3;
        }
        return tokens;
    }

    private static void answer(FakeServer.Request request, FakeServer.Reply reply)
            throws IOException {
        if (request.path().equals("/tokenize")) {
            String text = ((JsonString) request.json().find("prompt").orElseThrow()).value();
            reply.json(
                    200,
                    "{\"tokens\": ["
                            + String.join(",", Collections.nCopies(tokens(text), "0"))
                            + "]}");
        } else {
            reply.begin();
            reply.piece("x");
            reply.end(OVERHEAD + tokens(String.join("", request.texts())), 1);
        }
    }

    @Test
    void promptsHaveTheTokensThatTheServerWillCount() throws Exception {
        try (FakeServer server = new FakeServer(LexiconTest::answer)) {
            Lexicon lexicon = learn(server);
            assertThat(lexicon.isExact()).isTrue();
            SplittableRandom random = new SplittableRandom(1);
            for (int length = OVERHEAD + 1; length < 300; length++) {
                assertThat(OVERHEAD + tokens(lexicon.prompt(length, random))).isEqualTo(length);
                assertThat(tokens(lexicon.words(length, random))).isEqualTo(length);
            }
            assertThat(lexicon.prompt(1, random)).isEqualTo("a");
        }
    }

    @Test
    void promptsAreRandomAndTheSameForTheSameSeed() throws Exception {
        try (FakeServer server = new FakeServer(LexiconTest::answer)) {
            Lexicon lexicon = learn(server);
            String prompt = lexicon.prompt(100, new SplittableRandom(1));
            assertThat(lexicon.prompt(100, new SplittableRandom(1))).isEqualTo(prompt);
            assertThat(lexicon.prompt(100, new SplittableRandom(2)))
                    .isNotEqualTo(prompt)
                    .doesNotStartWith(prompt.substring(0, 30));
        }
    }

    @Test
    void aServerThatCannotCountIsAskedForItsUsage() throws Exception {
        try (FakeServer server = FakeServer.talking()) {
            Lexicon lexicon = learn(server);
            assertThat(lexicon.isExact()).isFalse();
            assertThat(server.requests()).hasSize(3);
            assertThat(lexicon.prompt(50, new SplittableRandom(1)).split(" ")).hasSize(50 - 3);
        }
    }

    @Test
    void countsThatAreNotThoseOfWordsAreNotUsed() throws Exception {
        FakeServer.Handler constant =
                (request, reply) -> {
                    if (request.path().equals("/tokenize")) {
                        reply.json(200, "{\"tokens\": [1]}");
                    } else {
                        FakeServer.talk(request, reply);
                    }
                };
        try (FakeServer server = new FakeServer(constant)) {
            assertThat(learn(server).isExact()).isFalse();
        }
    }

    @Test
    void aServerThatAnswersNothingIsNamedWithItsReason() throws Exception {
        try (FakeServer server =
                new FakeServer(
                        (_, reply) -> reply.json(401, "{\"error\": {\"message\": \"no\"}}"))) {
            assertThatThrownBy(() -> learn(server))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessage("the server does not answer a short request: HTTP 401: no");
        }
        FakeServer.Handler withoutUsage =
                (_, reply) -> {
                    reply.begin();
                    reply.event("[DONE]");
                    reply.endStream();
                };
        try (FakeServer server = new FakeServer(withoutUsage)) {
            assertThatThrownBy(() -> learn(server))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessageContaining("tells no usage");
        }
    }
}
