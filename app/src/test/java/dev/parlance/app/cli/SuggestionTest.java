package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class SuggestionTest {
    private static final List<String> OPTIONS =
            List.of("--port", "--parallel", "--pre-tokenizer", "--host", "--max-tokens", "-h");

    @ParameterizedTest
    @CsvSource({
        "--prot,       --port",
        "--por,        --port",
        "--Host,       --host",
        "--max_tokens, --max-tokens",
        "--max-token,  --max-tokens",
        "--paralell,   --parallel",
        "--pre,        --pre-tokenizer",
    })
    void aTypingErrorIsRecognised(String typed, String meant) {
        assertThat(Suggestion.nearest(typed, OPTIONS)).contains(meant);
    }

    @Test
    void aStrangeWordHasNoSuggestion() {
        assertThat(Suggestion.nearest("--frequency", OPTIONS)).isEmpty();
        assertThat(Suggestion.nearest("x", OPTIONS)).isEmpty();
    }
}
