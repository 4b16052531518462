package dev.parlance.server.api;

import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.http.SseWriter;

/**
 * Sends the chunks of a stream, each with what was asked for on all: token counts, times, padding.
 *
 * <p>Threads: one at a time.
 */
public final class ChunkWriter {
    private final GenerationFields wanted;
    private final Timings timings;
    private final Obfuscation obfuscation;
    private TokenUsage usage = new TokenUsage(0, 0, 0);

    public ChunkWriter(GenerationFields wanted, Timings timings, Obfuscation obfuscation) {
        this.wanted = wanted;
        this.timings = timings;
        this.obfuscation = obfuscation;
    }

    /** Takes an event before it is told. */
    public void take(TextEvent event, int promptTokens) {
        timings.take(event);
        usage =
                usage.plus(
                        switch (event) {
                            case TextEvent.Prompt prompt ->
                                    new TokenUsage(promptTokens, prompt.cachedTokens(), 0);
                            case TextEvent.Delta delta ->
                                    new TokenUsage(0, 0, delta.tokens().size());
                            case TextEvent.ChoiceDone done ->
                                    new TokenUsage(0, 0, done.cutTokenIds().size());
                            case TextEvent.PromptProgress _, TextEvent.Done _, TextEvent.Failed _ ->
                                    new TokenUsage(0, 0, 0);
                        });
    }

    /** Sends a chunk. */
    public void send(SseWriter writer, JsonObject.Builder chunk) throws InterruptedException {
        if (wanted.streaming().continuousUsage()) {
            chunk.put("usage", UsageJson.of(usage));
        }
        if (wanted.timings()) {
            chunk.put("timings", timings.toJson(usage));
        }
        if (wanted.streaming().obfuscate()) {
            chunk.put("obfuscation", obfuscation.next());
        }
        writer.send(Json.write(chunk.build()));
    }

    /**
     * Sends an otherwise empty chunk that says how much of a prompt is ready, in llama.cpp's shape,
     * if that was asked for.
     */
    public void sendProgress(
            SseWriter writer,
            JsonObject.Builder chunk,
            TextEvent.PromptProgress progress,
            int promptTokens)
            throws InterruptedException {
        if (wanted.streaming().progress()) {
            chunk.put(
                    "prompt_progress",
                    JsonObject.builder()
                            .put("total", promptTokens)
                            .put("cache", progress.cachedTokens())
                            .put("processed", progress.readyTokens())
                            .put("time_ms", timings.elapsedMillis())
                            .build());
            send(writer, chunk);
        }
    }
}
