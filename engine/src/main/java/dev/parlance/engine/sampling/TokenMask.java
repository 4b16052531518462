package dev.parlance.engine.sampling;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Rules out tokens before anything else is decided about the next one, so that no filter can leave
 * only what is ruled out. One instance belongs to one choice. Threads: one at a time.
 */
interface TokenMask {
    /** Sets the logits of what must not come to negative infinity. */
    void apply(float[] logits);

    /** Takes note of the token that was chosen. */
    void accept(int token);

    /** The masks of some rules; none if they rule nothing out. */
    static List<TokenMask> of(TokenRules rules) {
        List<TokenMask> masks = new ArrayList<>();
        rules.allowed().ifPresent(allowed -> masks.add(new Allowed(allowed)));
        if (!rules.banned().isEmpty()) {
            masks.add(new Banned(rules.banned()));
        }
        return masks;
    }

    /** Lets through a set of tokens. */
    final class Allowed implements TokenMask {
        private final BitSet allowed = new BitSet();

        private Allowed(Set<Integer> tokens) {
            tokens.forEach(allowed::set);
        }

        @Override
        public void apply(float[] logits) {
            for (int id = allowed.nextClearBit(0);
                    id < logits.length;
                    id = allowed.nextClearBit(id + 1)) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }

        @Override
        public void accept(int token) {}
    }

    /** Rules out the last token of a sequence whose others have just come. */
    final class Banned implements TokenMask {
        private final List<List<Integer>> sequences;
        private final TokenHistory generated = new TokenHistory();

        private Banned(List<List<Integer>> sequences) {
            this.sequences = sequences;
        }

        @Override
        public void apply(float[] logits) {
            for (List<Integer> sequence : sequences) {
                if (generated.endsWith(sequence.subList(0, sequence.size() - 1))) {
                    logits[sequence.getLast()] = Float.NEGATIVE_INFINITY;
                }
            }
        }

        @Override
        public void accept(int token) {
            generated.add(token);
        }
    }
}
