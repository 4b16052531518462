package dev.parlance.server.api;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GeneratedText;
import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.sampling.TokenLogprobs;

import java.util.ArrayList;
import java.util.List;

/**
 * One choice as a whole.
 *
 * @param index its place in the answer, over all prompts
 * @param promptLogprobs one entry per prompt token from the second on, if asked for
 * @param tokens the tokens of the text; an end token too, as the last
 * @param tokenIds every token that counts, those that a stop sequence cut off included
 */
public record CollectedChoice(
        int index,
        List<TokenLogprobs> promptLogprobs,
        String text,
        List<GeneratedToken> tokens,
        List<Integer> tokenIds,
        FinishReason reason) {

    /** The same choice in another place. */
    public CollectedChoice withIndex(int newIndex) {
        return new CollectedChoice(newIndex, promptLogprobs, text, tokens, tokenIds, reason);
    }

    /** All choices of a request and what they took. */
    public record All(List<CollectedChoice> choices, TokenUsage usage) {}

    /** Reads a group to its end. */
    public static All readAll(GenerationGroup group, boolean includeStop, Timings timings)
            throws InterruptedException {
        List<CollectedChoice> choices = new ArrayList<>();
        TokenUsage usage = new TokenUsage(0, 0, 0);
        for (GeneratedText generated : group.readAll(timings)) {
            for (GeneratedText.Choice choice : generated.choices()) {
                String stop = includeStop ? choice.stopSequence().orElse("") : "";
                choices.add(
                        new CollectedChoice(
                                choices.size(),
                                generated.promptLogprobs(),
                                choice.text() + stop,
                                choice.tokens(),
                                choice.tokenIds(),
                                choice.reason()));
            }
            usage = usage.plus(generated.usage());
        }
        return new All(choices, usage);
    }
}
