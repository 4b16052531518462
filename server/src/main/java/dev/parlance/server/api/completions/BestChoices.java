package dev.parlance.server.api.completions;

import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.server.api.CollectedChoice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses what {@code best_of} asks for: of each prompt's candidates those whose tokens are the
 * likeliest in the mean of their log probabilities. A pure function.
 */
final class BestChoices {
    private BestChoices() {}

    /**
     * Keeps the best, best first, the earlier one of equals first; usage stays that of all.
     *
     * @param candidates of each prompt; with log probabilities if more than {@code choices}
     * @param choices to keep of each prompt
     */
    static CollectedChoice.All of(CollectedChoice.All all, int candidates, int choices) {
        if (candidates == choices) {
            return all;
        }
        List<CollectedChoice> best = new ArrayList<>();
        for (int first = 0; first < all.choices().size(); first += candidates) {
            all.choices().subList(first, first + candidates).stream()
                    .sorted(Comparator.comparingDouble(BestChoices::meanLogprob).reversed())
                    .limit(choices)
                    .forEach(choice -> best.add(choice.withIndex(best.size())));
        }
        return new CollectedChoice.All(best, all.usage());
    }

    /** The mean that a client would compute of its log probabilities; least without any. */
    private static double meanLogprob(CollectedChoice choice) {
        return choice.tokens().stream()
                .map(GeneratedToken::logprobs)
                .mapToDouble(logprobs -> logprobs.orElseThrow().logProbability())
                .average()
                .orElse(Double.NEGATIVE_INFINITY);
    }
}
