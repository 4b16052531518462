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
 */
final class QuantisedInputs extends PreparedInputs {
    private static final int MOST = 127;

    /** Makes the sum in a lower half positive, so that it need not be told from the upper one. */
    private static final int LIFT = 1 << 15;

    /** What that adds to the sum of both halves, negated. */
    static final float LIFTED = -LIFT;

    /** Blocks without a greater number count as zeros: {@code 127 / least} is still a float. */
    private static final float LEAST = 0x1p-110f;

    private final int centre;
    private final Functions functions;
    private float[] scales = NONE;
    private int[] pairs = {};
    private int[] starts = {};

    QuantisedInputs(Codes codes, int blockCols, Functions functions, KernelPool pool) {
        super(blockCols, pool);
        this.centre = codes.centre();
        this.functions = functions;
    }

    @Override
    boolean reserve(int count) {
        scales = atLeast(count * blocks, scales);
        // One more: a loop that goes on to the next block may do so after the last.
        if (starts.length < count * blocks + 1) {
            starts = new int[count * blocks + 1];
        }
        if (pairs.length < count * cols / 2) {
            pairs = new int[count * cols / 2];
        }
        return true;
    }

    @Override
    public void run(int worker, int input) {
        int from = xOffset + input * cols;
        int to = at(input);
        int end = blockAt(input, blocks);
        for (int at = blockAt(input, 0); at < end; at++) {
            float greatest = functions.greatest(x, from, blockCols);
            float factor = greatest < LEAST ? 0 : MOST / greatest;
            int sums = functions.quantise(x, from, factor, pairs, to, blockCols);
            scales[at] = greatest / MOST;
            blockSums[at] = (lower(sums) + upper(sums)) * scales[at];
            starts[at] = pair(LIFT - centre * lower(sums), -centre * upper(sums));
            from += blockCols;
            to += blockCols / 2;
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

    /** Where in {@link #pairs} those of an input begin. */
    @Override
    int at(int input) {
        return input * cols / 2;
    }

    /** The pairs that the sums of the blocks begin with. */
    int[] starts() {
        return starts;
    }
}
