package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;
import static dev.parlance.engine.kernel.WeightLayout.LEAST_BLOCK_COLS;

/** The scales of one chunk: as stored, and as they are multiplied with. */
final class ScaleBuffer {
    final short[] halves = new short[Scales.most(LEAST_BLOCK_COLS)];
    final int[] factors = new int[Scales.most(LEAST_BLOCK_COLS)];

    /** What factors are multiplied with: a chunk's scales, then those of its minimums. */
    final float[] bases = new float[2 * GROUP_ROWS];

    /** blocks x rows of the group. */
    final float[] scales = new float[CHUNK_COLS / LEAST_BLOCK_COLS * GROUP_ROWS];

    /** blocks x rows of the group. */
    final float[] minimums = new float[CHUNK_COLS / LEAST_BLOCK_COLS * GROUP_ROWS];
}
