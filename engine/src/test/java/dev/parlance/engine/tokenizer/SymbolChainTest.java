package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class SymbolChainTest {
    private static final int SYMBOLS = 12;

    @Test
    void mergesAsTheDefinitionDoes() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            MergeTable merges = randomMerges(random);
            List<Integer> symbols = new ArrayList<>();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                symbols.add(random.nextInt(4));
            }
            assertThat(merge(symbols, merges))
                    .as("seed %d", seed)
                    .isEqualTo(naive(symbols, merges));
        }
    }

    @Test
    void longTextsOfOneLetterTakeAFewStepsASymbol() {
        MergeTable merges = new MergeTable(20);
        for (int id = 0; id < 20; id++) {
            merges.add(id, id, id, id + 1);
        }
        SymbolChain chain =
                new SymbolChain((c, left, right) -> merges.find(c.id(left), c.id(right)));
        int length = 1 << 18;
        for (int i = 0; i < length; i++) {
            chain.add(0, i, i + 1);
        }
        chain.merge();
        assertThat(chain.id(chain.first())).isEqualTo(18);
        assertThat(chain.next(chain.first())).isEqualTo(-1);
        assertThat(chain.steps()).isLessThanOrEqualTo(3L * length);
    }

    @Test
    void ofNothingThereIsNoFirstSymbol() {
        SymbolChain chain = new SymbolChain((c, left, right) -> -1);
        chain.merge();
        assertThat(chain.first()).isEqualTo(-1);
    }

    @Test
    void aSymbolKeepsWhereItLies() {
        SymbolChain chain = new SymbolChain((c, left, right) -> c.id(left) == 1 ? 7 : -1);
        chain.add(0, 0, 2);
        chain.add(1, 2, 3);
        chain.add(2, 3, 7);
        chain.merge();
        int last = chain.next(chain.first());
        assertThat(chain.id(last)).isEqualTo(7);
        assertThat(chain.start(last)).isEqualTo(2);
        assertThat(chain.end(last)).isEqualTo(7);
        assertThat(chain.next(last)).isEqualTo(-1);
    }

    private static MergeTable randomMerges(Random random) {
        MergeTable merges = new MergeTable(40);
        for (int rank = 0; rank < 40; rank++) {
            merges.add(
                    random.nextInt(SYMBOLS),
                    random.nextInt(SYMBOLS),
                    rank,
                    random.nextInt(SYMBOLS));
        }
        return merges;
    }

    private static List<Integer> merge(List<Integer> symbols, MergeTable merges) {
        SymbolChain chain =
                new SymbolChain((c, left, right) -> merges.find(c.id(left), c.id(right)));
        for (int i = 0; i < symbols.size(); i++) {
            chain.add(symbols.get(i), i, i + 1);
        }
        chain.merge();
        List<Integer> merged = new ArrayList<>();
        for (int symbol = chain.first(); symbol >= 0; symbol = chain.next(symbol)) {
            merged.add(chain.id(symbol));
        }
        return merged;
    }

    /** Looks for the lowest rank, leftmost, merges that one pair, and begins again. */
    private static List<Integer> naive(List<Integer> symbols, MergeTable merges) {
        List<Integer> left = new ArrayList<>(symbols);
        while (true) {
            int best = -1;
            long bestRank = Long.MAX_VALUE;
            for (int i = 0; i + 1 < left.size(); i++) {
                long pair = merges.find(left.get(i), left.get(i + 1));
                if (pair >= 0 && pair >>> 32 < bestRank) {
                    best = i;
                    bestRank = pair >>> 32;
                }
            }
            if (best < 0) {
                return left;
            }
            left.set(best, (int) merges.find(left.get(best), left.get(best + 1)));
            left.remove(best + 1);
        }
    }
}
