package dev.parlance.server.api.completions;

import java.util.Optional;

/**
 * A prompt that has been checked against the model.
 *
 * @param tokens not to be changed
 * @param echo how it is given back, if it is
 */
record PreparedPrompt(int[] tokens, Optional<EchoedPrompt> echo) {
    /** Unicode characters before the continuation in the returned text. */
    int echoedCharacters() {
        return echo.map(EchoedPrompt::length).orElse(0);
    }
}
