package dev.parlance.engine.generation;

import java.util.List;

/**
 * How the tokens of a request become text.
 *
 * @param stopSequences texts that end a choice, none of them empty; they are not part of its text
 * @param withSpecialTokens whether special tokens appear in the text (never the one that ends it)
 */
public record TextOptions(List<String> stopSequences, boolean withSpecialTokens) {
    /** No stop sequences, no special tokens. */
    public static final TextOptions DEFAULT = new TextOptions(List.of(), false);

    public TextOptions {
        stopSequences = List.copyOf(stopSequences);
        if (stopSequences.contains("")) {
            throw new IllegalArgumentException("stop sequences must not be empty");
        }
    }
}
