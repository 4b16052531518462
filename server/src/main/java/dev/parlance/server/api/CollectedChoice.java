package dev.parlance.server.api;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.engine.generation.TextEvent;
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

    /** All choices of a request and what they took. */
    public record All(List<CollectedChoice> choices, TokenUsage usage) {}

    /** Reads a group to its end. */
    public static All readAll(
            GenerationGroup group, int prompts, int choicesPerPrompt, boolean includeStop)
            throws InterruptedException {
        List<Growing> growing = new ArrayList<>();
        for (int i = 0; i < prompts * choicesPerPrompt; i++) {
            growing.add(new Growing(i, includeStop));
        }
        TokenUsage usage =
                group.read((prompt, event) -> {
                    int first = prompt * choicesPerPrompt;
                    switch (event) {
                        case TextEvent.Prompt(int _, List<TokenLogprobs> logprobs) ->
                                growing.subList(first, first + choicesPerPrompt)
                                        .forEach(choice -> choice.promptLogprobs = logprobs);
                        case TextEvent.Delta delta ->
                                growing.get(first + delta.choice()).add(delta);
                        case TextEvent.ChoiceDone done ->
                                growing.get(first + done.choice()).end(done);
                        case TextEvent.Done _, TextEvent.Failed _ ->
                                throw new IllegalStateException("not for listeners: " + event);
                    }
                });
        return new All(growing.stream().map(Growing::toChoice).toList(), usage);
    }

    private static final class Growing {
        private final int index;
        private final boolean includeStop;
        private final StringBuilder text = new StringBuilder();
        private final List<GeneratedToken> tokens = new ArrayList<>();
        private final List<Integer> tokenIds = new ArrayList<>();
        private List<TokenLogprobs> promptLogprobs = List.of();
        private FinishReason reason = FinishReason.LENGTH;

        Growing(int index, boolean includeStop) {
            this.index = index;
            this.includeStop = includeStop;
        }

        void add(TextEvent.Delta delta) {
            text.append(delta.text());
            tokens.addAll(delta.tokens());
            delta.tokens().forEach(token -> tokenIds.add(token.id()));
        }

        void end(TextEvent.ChoiceDone done) {
            reason = done.reason();
            tokenIds.addAll(done.cutTokenIds());
            if (includeStop) {
                done.stopSequence().ifPresent(text::append);
            }
        }

        CollectedChoice toChoice() {
            return new CollectedChoice(
                    index, promptLogprobs, text.toString(), tokens, tokenIds, reason);
        }
    }
}
