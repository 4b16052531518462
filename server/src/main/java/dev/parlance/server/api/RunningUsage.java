package dev.parlance.server.api;

import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;

/** The tokens that a stream has told of so far. Threads: one at a time. */
public final class RunningUsage {
    private TokenUsage usage = new TokenUsage(0, 0, 0);

    /** Takes an event before it is told. */
    public void take(TextEvent event, int promptTokens) {
        usage =
                usage.plus(
                        switch (event) {
                            case TextEvent.Prompt prompt ->
                                    new TokenUsage(promptTokens, prompt.cachedTokens(), 0);
                            case TextEvent.Delta delta ->
                                    new TokenUsage(0, 0, delta.tokens().size());
                            case TextEvent.ChoiceDone done ->
                                    new TokenUsage(0, 0, done.cutTokenIds().size());
                            case TextEvent.Done _, TextEvent.Failed _ -> new TokenUsage(0, 0, 0);
                        });
    }

    public TokenUsage now() {
        return usage;
    }
}
