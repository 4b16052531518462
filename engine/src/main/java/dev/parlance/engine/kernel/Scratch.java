package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

/**
 * Working memory of one thread of the pool during a multiplication; fits its second level cache.
 */
final class Scratch {
    /** Input vectors that are multiplied with a group before the next ones. */
    static final int INPUTS = 256;

    /** Most rows whose values are unpacked: two of the widest registers. */
    private static final int PANEL_ROWS = 32;

    final ScaleBuffer scales = new ScaleBuffer();

    /** A part of a chunk, for the vector kernels. */
    final ChunkView chunk = new ChunkView();

    /** Values of some rows of a chunk's codes; each kernel has an order of its own. */
    final float[] panel = new float[PANEL_ROWS * CHUNK_COLS];

    /** Codes of some rows of a chunk, two columns in a word. */
    final int[] shortPanel = new int[PANEL_ROWS * CHUNK_COLS / 2];

    /** The sums of the rows, per input vector. */
    final float[] sums = new float[INPUTS * GROUP_ROWS];
}
