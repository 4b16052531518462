package dev.parlance.server.api;

import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.JsonObject;

import java.util.function.LongSupplier;

/**
 * How long a request's prompts and answers took, in llama.cpp's shape.
 *
 * <p>What comes before the request starts does not count. Several prompts and choices are timed as
 * one: from the first that starts to the last that ends. The step that ends a prompt gives the
 * first token too, so the speed of generation is that of the others. Threads: safe.
 */
public final class Timings {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final long UNSET = Long.MIN_VALUE;

    private final LongSupplier clock;
    private long started = UNSET;
    private long firstPrompt = UNSET;
    private long lastPrompt = UNSET;
    private long lastToken = UNSET;

    /**
     * @param clock nanoseconds
     */
    public Timings(LongSupplier clock) {
        this.clock = clock;
    }

    /** Takes note of an event as it comes. */
    public synchronized void take(TextEvent event) {
        long now = clock.getAsLong();
        started = started == UNSET ? now : started;
        switch (event) {
            case TextEvent.Prompt _ -> {
                firstPrompt = firstPrompt == UNSET ? now : firstPrompt;
                lastPrompt = now;
            }
            case TextEvent.Delta _, TextEvent.ChoiceDone _ -> lastToken = now;
            case TextEvent.PromptProgress _, TextEvent.Done _, TextEvent.Failed _ -> {}
        }
    }

    /** Milliseconds since the request started. */
    synchronized long elapsedMillis() {
        return started == UNSET ? 0 : (long) millis(started, clock.getAsLong());
    }

    /**
     * What has been timed so far.
     *
     * @param usage what has been counted so far
     */
    public synchronized JsonObject toJson(TokenUsage usage) {
        int computed = usage.promptTokens() - usage.cachedTokens();
        JsonObject.Builder json = JsonObject.builder().put("cache_n", usage.cachedTokens());
        put(json, "prompt", computed, computed, millis(started, lastPrompt));
        int generated = usage.completionTokens();
        put(json, "predicted", generated, generated - 1, millis(firstPrompt, lastToken));
        return json.build();
    }

    private static void put(
            JsonObject.Builder json, String name, int count, int timed, double millis) {
        json.put(name + "_n", count)
                .put(name + "_ms", millis)
                .put(name + "_per_token_ms", timed > 0 ? millis / timed : 0)
                .put(name + "_per_second", timed > 0 && millis > 0 ? timed * 1000 / millis : 0);
    }

    private static double millis(long from, long to) {
        return to == UNSET ? 0 : (to - from) / NANOS_PER_MILLI;
    }
}
