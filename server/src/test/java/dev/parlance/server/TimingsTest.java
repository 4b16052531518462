package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.Json;
import dev.parlance.server.api.Timings;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class TimingsTest {
    private static final TextEvent START = new TextEvent.PromptProgress(2, 2);
    private static final TextEvent PROMPT = new TextEvent.Prompt(2, List.of());
    private static final TextEvent TEXT = new TextEvent.Delta(0, "x", List.of());

    private long now = 7_000_000;
    private final Timings timings = new Timings(() -> now);

    private void after(long millis, TextEvent event) {
        now += millis * 1_000_000;
        timings.take(event);
    }

    @Test
    void whatComesBeforeTheStartDoesNotCount() {
        after(900, START);
        after(50, PROMPT);
        after(0, TEXT);
        after(30, TEXT);
        after(10, new TextEvent.ChoiceDone(0, FinishReason.LENGTH, Optional.empty(), List.of()));
        after(800, new TextEvent.Done(new TokenUsage(12, 2, 3)));
        assertThat(Json.write(timings.toJson(new TokenUsage(12, 2, 3))))
                .isEqualTo(
                        "{\"cache_n\":2,\"prompt_n\":10,\"prompt_ms\":50.0,"
                                + "\"prompt_per_token_ms\":5.0,\"prompt_per_second\":200.0,"
                                + "\"predicted_n\":3,\"predicted_ms\":40.0,"
                                + "\"predicted_per_token_ms\":20.0,"
                                + "\"predicted_per_second\":50.0}");
    }

    @Test
    void severalPromptsAreTimedAsOne() {
        after(0, START);
        after(10, START);
        after(10, PROMPT);
        after(10, TEXT);
        after(10, PROMPT);
        after(10, TEXT);
        assertThat(Json.write(timings.toJson(new TokenUsage(8, 0, 4))))
                .contains("\"prompt_ms\":40.0", "\"predicted_ms\":30.0");
    }

    @Test
    void nothingTakesNoTime() {
        assertThat(Json.write(timings.toJson(new TokenUsage(0, 0, 0))))
                .isEqualTo(
                        "{\"cache_n\":0,\"prompt_n\":0,\"prompt_ms\":0.0,"
                                + "\"prompt_per_token_ms\":0.0,\"prompt_per_second\":0.0,"
                                + "\"predicted_n\":0,\"predicted_ms\":0.0,"
                                + "\"predicted_per_token_ms\":0.0,"
                                + "\"predicted_per_second\":0.0}");
    }
}
