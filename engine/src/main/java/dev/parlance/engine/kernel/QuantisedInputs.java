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

    /** The pairs of a block of each input of a quad, per worker. */
    private final int[][] quads;

    private float[] scales = NONE;
    private int[] pairs = {};
    private int[] starts = {};

    QuantisedInputs(
            Codes codes, int blockCols, int mostAlone, Functions functions, KernelPool pool) {
        super(blockCols, mostAlone, pool);
        this.codes = codes;
        this.functions = functions;
        this.quads = new int[pool.size()][QUAD * blockCols / 2];
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
    void prepare(int worker, int first, int count) {
        int half = blockCols / 2;
        for (int block = 0; block < blocks; block++) {
            int to = at(first, block * blockCols);
            if (!inQuads()) {
                quantise(first, block, pairs, to);
                continue;
            }
            int[] quad = quads[worker];
            for (int i = 0; i < count; i++) {
                quantise(first + i, block, quad, i * half);
            }
            if (codes.fillLanes()) {
                weaveDoubled(quad, half, to);
            } else {
                weave(quad, half, to);
            }
        }
    }

    /** Writes the pairs of an input's block. */
    private void quantise(int input, int block, int[] out, int to) {
        int from = xOffset + input * cols + block * blockCols;
        int at = blockAt(input, block);
        float greatest = functions.greatest(x, from, blockCols);
        float factor = greatest < LEAST ? 0 : MOST / greatest;
        int sums = functions.quantise(x, from, factor, out, to, blockCols);
        scales[at] = greatest / MOST;
        blockSums[at] = (lower(sums) + upper(sums)) * scales[at];
        starts[at] = start(sums);
    }

    private int start(int sums) {
        int lower = -codes.centre() * lower(sums);
        int upper = -codes.centre() * upper(sums);
        return areDoubled() ? pair(lower + upper, lower + upper) : pair(LIFT + lower, upper);
    }

    /** Lays the pairs of a quad's inputs side by side. */
    private void weave(int[] quad, int half, int to) {
        for (int i = 0; i < half; i++, to += QUAD) {
            pairs[to] = quad[i];
            pairs[to + 1] = quad[half + i];
            pairs[to + 2] = quad[2 * half + i];
            pairs[to + 3] = quad[3 * half + i];
        }
    }

    /** The same, with each half of a pair twice. */
    private void weaveDoubled(int[] quad, int half, int to) {
        int halfCols = codes.halfCols();
        for (int i = 0; i < half; i++) {
            int q0 = quad[i];
            int q1 = quad[half + i];
            int q2 = quad[2 * half + i];
            int q3 = quad[3 * half + i];
            // Before it are the lower halves up to it, and the upper ones of the words before.
            int at = to + (i + (i & -halfCols)) * QUAD;
            pairs[at] = pair(q0, q0);
            pairs[at + 1] = pair(q1, q1);
            pairs[at + 2] = pair(q2, q2);
            pairs[at + 3] = pair(q3, q3);
            at += halfCols * QUAD;
            pairs[at] = pair(q0 >> 16, q0 >> 16);
            pairs[at + 1] = pair(q1 >> 16, q1 >> 16);
            pairs[at + 2] = pair(q2 >> 16, q2 >> 16);
            pairs[at + 3] = pair(q3 >> 16, q3 >> 16);
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
