package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.TokenLogprobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that a request generated: its {@link TextEvent}s, joined.
 *
 * @param promptLogprobs one entry per prompt token from the second on, if asked for
 * @param choices in order of their index
 */
public record GeneratedText(
        List<TokenLogprobs> promptLogprobs, List<Choice> choices, TokenUsage usage) {
    /**
     * One whole choice.
     *
     * @param tokens the tokens of the text; an end token too, as the last
     * @param cutTokenIds tokens after these, cut off by a stop sequence
     */
    public record Choice(
            String text,
            List<GeneratedToken> tokens,
            FinishReason reason,
            Optional<String> stopSequence,
            List<Integer> cutTokenIds) {
        public Choice {
            tokens = List.copyOf(tokens);
            cutTokenIds = List.copyOf(cutTokenIds);
        }

        /** Every token that was generated and counts. */
        public List<Integer> tokenIds() {
            List<Integer> ids = new ArrayList<>(tokens.size() + cutTokenIds.size());
            tokens.forEach(token -> ids.add(token.id()));
            ids.addAll(cutTokenIds);
            return ids;
        }
    }

    public GeneratedText {
        promptLogprobs = List.copyOf(promptLogprobs);
        choices = List.copyOf(choices);
    }
}
