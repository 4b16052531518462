package dev.parlance.engine.scheduler;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides which sequences compute how many tokens in the next step: a pure function.
 *
 * <p>Every decoding sequence gets its token; what is left of the budget goes to prompts, oldest
 * first, of which at most {@link #MAX_PREFILLS} are in work at once, so that an early prompt is
 * ready early instead of all being ready late. While somebody decodes, and so waits for every step,
 * prompts get only as much as {@link PromptBudget} says.
 */
final class BatchPlanner {
    static final int MAX_PREFILLS = 2;

    private BatchPlanner() {}

    /**
     * What a sequence could compute.
     *
     * @param tokens known tokens that are not computed yet; 0 if it waits for something else
     * @param decoding whether its prompt is complete
     */
    record Demand(int tokens, boolean decoding) {}

    /**
     * What a sequence is to compute.
     *
     * @param index of its demand
     * @param tokens how many, at least one
     */
    record Share(int index, int tokens) {}

    /**
     * @param demands of the running sequences, oldest first
     * @param maxBatchTokens at least one for each of them
     * @param promptTokens most tokens of prompts beside somebody who decodes
     */
    static List<Share> plan(List<Demand> demands, int maxBatchTokens, int promptTokens) {
        List<Share> shares = new ArrayList<>();
        int budget = maxBatchTokens;
        for (int i = 0; i < demands.size(); i++) {
            Demand demand = demands.get(i);
            if (demand.decoding() && demand.tokens() > 0 && budget > 0) {
                int tokens = Math.min(demand.tokens(), budget);
                shares.add(new Share(i, tokens));
                budget -= tokens;
            }
        }
        if (!shares.isEmpty()) {
            budget = Math.min(budget, promptTokens);
        }
        int prefills = 0;
        for (int i = 0; i < demands.size() && prefills < MAX_PREFILLS && budget > 0; i++) {
            Demand demand = demands.get(i);
            if (!demand.decoding() && demand.tokens() > 0) {
                int tokens = Math.min(demand.tokens(), budget);
                shares.add(new Share(i, tokens));
                budget -= tokens;
                prefills++;
            }
        }
        return shares;
    }
}
