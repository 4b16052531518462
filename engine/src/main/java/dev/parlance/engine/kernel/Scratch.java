package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

/**
 * Working memory of one thread of the pool during a multiplication; fits its second level cache.
 */
final class Scratch {
    /** Input vectors that are multiplied with a group before the next ones. */
    static final int INPUTS = 256;

    final ScaleBuffer scales = new ScaleBuffer();

    /** Values of a chunk's codes; each kernel has an order of its own. */
    final float[] panel = new float[GROUP_ROWS * CHUNK_COLS];

    /** The sums of the rows, per input vector. */
    final float[] sums = new float[INPUTS * GROUP_ROWS];
}
