package dev.parlance.server.api.completions;

import dev.parlance.engine.tokenizer.Detokenizer;
import dev.parlance.engine.tokenizer.Tokenizer;

/**
 * A prompt as it is given back, and where its tokens stand in it.
 *
 * @param length Unicode characters of the text
 * @param offsets per token, Unicode characters of the text before it
 */
record EchoedPrompt(String text, int length, int[] offsets) {

    static EchoedPrompt of(
            CompletionPrompt prompt, int[] tokens, Tokenizer tokenizer, boolean withSpecial) {
        return switch (prompt) {
            // A special token in a text was parsed, so its characters are there to be found.
            case CompletionPrompt.Text(String text) -> locate(text, tokens, tokenizer, true);
            case CompletionPrompt.Ids _ ->
                    locate(tokenizer.decode(tokens, withSpecial), tokens, tokenizer, withSpecial);
        };
    }

    /**
     * Finds each token's piece where the one before ended. A piece that is not there, such as an
     * added BOS, takes no room; one that differs by the space that the tokenizer puts in front of a
     * text takes the room of the rest.
     */
    private static EchoedPrompt locate(
            String text, int[] tokens, Tokenizer tokenizer, boolean withSpecial) {
        Detokenizer detokenizer = tokenizer.detokenizer(withSpecial);
        int[] offsets = new int[tokens.length];
        int at = 0;
        int characters = 0;
        for (int i = 0; i < tokens.length; i++) {
            offsets[i] = characters;
            String piece = detokenizer.accept(tokens[i]);
            int length = 0;
            if (text.startsWith(piece, at)) {
                length = piece.length();
            } else if (at == 0 && piece.startsWith(" ") && text.startsWith(piece.substring(1))) {
                length = piece.length() - 1;
            }
            characters += text.codePointCount(at, at + length);
            at += length;
        }
        return new EchoedPrompt(text, text.codePointCount(0, text.length()), offsets);
    }
}
