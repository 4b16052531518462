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
        private record Sequence(int[] before, int last) {}

        private final List<Sequence> sequences = new ArrayList<>();
        private final TokenHistory generated = new TokenHistory();

        private Banned(List<List<Integer>> banned) {
            for (List<Integer> tokens : banned) {
                int[] before =
                        tokens.stream()
                                .limit(tokens.size() - 1L)
                                .mapToInt(Integer::intValue)
                                .toArray();
                sequences.add(new Sequence(before, tokens.getLast()));
            }
        }

        @Override
        public void apply(float[] logits) {
            for (Sequence sequence : sequences) {
                if (generated.endsWith(sequence.before())) {
                    logits[sequence.last()] = Float.NEGATIVE_INFINITY;
                }
            }
        }

        @Override
        public void accept(int token) {
            generated.add(token);
        }
    }
}
