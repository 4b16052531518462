package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.app.bench.serve.FakeServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.Map;

@Timeout(60)
class ChatCommandTest {
    @Test
    void theEmbeddedModelAnswersLinesOfAPipe() {
        Invocation chat = Invocation.withInput("/set temperature 0\nHello! Who are you?\n", "chat");

        assertThat(chat.exitCode()).as(chat.err()).isZero();
        assertThat(chat.out()).contains("Parlance");
        assertThat(chat.err()).contains("[parlance-tiny; /help tells more]", " tokens, ");
    }

    @Test
    void aServerAnswersInTheSameWay() throws IOException {
        try (FakeServer server = FakeServer.talking()) {
            Invocation chat =
                    Invocation.withInput(
                            "/set max_tokens 3\nHello\n", "chat", "--url", server.url());

            assertThat(chat.exitCode()).as(chat.err()).isZero();
            assertThat(chat.out().strip().split(" ")).hasSize(3);
            assertThat(chat.err()).contains("[3 tokens, ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "chat --api-key k,                                --api-key needs --url",
        "chat --url http://127.0.0.1:1/v1 --threads 2,    --threads is about a model here",
        "chat --url ftp://127.0.0.1/v1,                   a server's URL begins with http://",
        "chat --urll x,                                   did you mean --url?",
    })
    void wrongUseIsRefused(String arguments, String message) {
        Invocation chat = Invocation.of(arguments.split(" "));

        assertThat(chat.exitCode()).isEqualTo(2);
        assertThat(chat.err()).startsWith("parlance: ").contains(message, "parlance chat --help");
    }

    @Test
    void aServerThatIsNotThereIsOneLine() {
        Invocation chat = Invocation.of("chat", "--url", "http://127.0.0.1:1/v1");

        assertThat(chat.exitCode()).isEqualTo(1);
        assertThat(chat.err().strip())
                .isEqualTo("parlance: http://127.0.0.1:1/v1: no server answers there");
    }

    @Test
    void coloursAreForTerminalsWhereTheyAreWanted() {
        assertThat(ChatStyle.of(true, Map.of())).isEqualTo(ChatStyle.COLOURED);
        assertThat(ChatStyle.of(true, Map.of("NO_COLOR", ""))).isEqualTo(ChatStyle.COLOURED);
        assertThat(ChatStyle.of(true, Map.of("NO_COLOR", "1"))).isEqualTo(ChatStyle.PLAIN);
        assertThat(ChatStyle.of(true, Map.of("TERM", "dumb"))).isEqualTo(ChatStyle.PLAIN);
        assertThat(ChatStyle.of(false, Map.of())).isEqualTo(ChatStyle.PLAIN);
    }

    @Test
    void theScriptForShellsKnowsCommandsAndOptions() {
        Invocation completion = Invocation.of("completion");

        assertThat(completion.exitCode()).isZero();
        assertThat(completion.out()).startsWith("#!").contains("--no-history", "bench_synthesize");
        assertThat(Invocation.of("completion", "zsh")).isEqualTo(completion);
        assertThat(Invocation.of("completion", "fish").exitCode()).isEqualTo(2);
    }
}
