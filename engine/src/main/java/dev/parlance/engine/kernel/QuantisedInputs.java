package dev.parlance.engine.kernel;

/**
 * Inputs rounded to whole numbers of 8 bits, each block with a scale of its own, for weights of up
 * to six bits: so a product fits a lane of 16 bits, and so does the sum of a block's.
 *
 * <p>A word of weights has codes in both of its halves, which are lanes. So inputs are paired: in
 * the lower half of a word the number that the code of the lower half is multiplied with, and so
 * above. The codes count from 0 on; what their {@link Codes#centre} makes of them is where the sums
 * of a block start, since sums in 16 bits may overflow on the way and are right in the end: a code
 * less its centre is at most half its range, an input 127, and half of a block's columns meet in a
 * lane, which makes 32,512 for the longest blocks.
 *
 * <p>In quads, codes so small that a whole block's sum fits a lane ({@link Codes#fillLanes}) are
 * multiplied a column at a time, for one row in the lower halves of the words and for another in
 * the upper. So both halves are the same number there. The columns come in the order in which the
 * words hold them: the lower half's of the first word, its upper half's, and so on.
 */
final class QuantisedInputs extends PreparedInputs {
    private static final int MOST = 127;

    /** Makes the sum in a lower half positive, so that it need not be told from the upper one. */
    private static final int LIFT = 1 << 15;

    /** What that adds to the sum of both halves, negated. */
    static final float LIFTED = -LIFT;

    /** Blocks without a greater number count as zeros: {@code 127 / least} is still a float. */
    private static final float LEAST = 0x1p-110f;

    private final Codes codes;
    private final Functions functions;

    /** The pairs of a block, per worker. */
    private final int[][] block;

    private float[] scales = NONE;
    private int[] pairs = {};
    private int[] starts = {};

    QuantisedInputs(
            Codes codes, int blockCols, int mostAlone, Functions functions, KernelPool pool) {
        super(blockCols, mostAlone, pool);
        this.codes = codes;
        this.functions = functions;
        this.block = new int[pool.size()][blockCols / 2];
    }

    /** Whether both halves of a word are the same number. */
    private boolean areDoubled() {
        return inQuads() && codes.fillLanes();
    }

    /** Words of so many columns of an input. */
    private int words(int columns) {
        return areDoubled() ? columns : columns / 2;
    }

    @Override
    boolean reserve(int count) {
        scales = atLeast(count * blocks, scales);
        // More: a loop that goes on to the next block may do so after the last.
        if (starts.length < count * blocks + QUAD) {
            starts = new int[count * blocks + QUAD];
        }
        if (pairs.length < count * words(cols)) {
            pairs = new int[count * words(cols)];
        }
        return true;
    }

    @Override
    void prepare(int worker, int input) {
        int from = xOffset + input * cols;
        int to = at(input, 0);
        for (int i = 0; i < blocks; i++) {
            int at = blockAt(input, i);
            float greatest = functions.greatest(x, from, blockCols);
            float factor = greatest < LEAST ? 0 : MOST / greatest;
            int sums;
            if (inQuads()) {
                sums = functions.quantise(x, from, factor, block[worker], 0, blockCols);
                write(block[worker], to);
            } else {
                sums = functions.quantise(x, from, factor, pairs, to, blockCols);
            }
            scales[at] = greatest / MOST;
            blockSums[at] = (lower(sums) + upper(sums)) * scales[at];
            starts[at] = start(sums);
            from += blockCols;
            to += words(blockCols) * step();
        }
    }

    private int start(int sums) {
        int lower = -codes.centre() * lower(sums);
        int upper = -codes.centre() * upper(sums);
        return areDoubled() ? pair(lower + upper, lower + upper) : pair(LIFT + lower, upper);
    }

    /** Writes a block's pairs for an input of a quad. */
    private void write(int[] block, int to) {
        if (codes.fillLanes()) {
            int halfCols = codes.halfCols();
            for (int i = 0; i < block.length; i++) {
                int pair = block[i];
                // Before it are the lower halves up to it, and the upper ones of the words before.
                int at = to + (i + (i & -halfCols)) * QUAD;
                pairs[at] = pair(pair, pair);
                pairs[at + halfCols * QUAD] = pair(pair >> 16, pair >> 16);
            }
        } else {
            for (int i = 0; i < block.length; i++) {
                pairs[to + i * QUAD] = block[i];
            }
        }
    }

    static int pair(int lower, int upper) {
        return lower & 0xFFFF | upper << 16;
    }

    static int lower(int pair) {
        return (short) pair;
    }

    static int upper(int pair) {
        return pair >> 16;
    }

    /** Of the blocks. */
    float[] scales() {
        return scales;
    }

    int[] pairs() {
        return pairs;
    }

    @Override
    int at(int input, int col) {
        return place(input, words(col), words(cols));
    }

    /** The pairs that the sums of the blocks begin with. */
    int[] starts() {
        return starts;
    }
}
