package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;
import static dev.parlance.engine.kernel.WeightLayout.MOST_BLOCKS;

/** The scales of one chunk: as stored, and as they are multiplied with. */
final class ScaleBuffer {
    /** words x rows of the group; filled by scalar kernels only. */
    final int[] words = new int[Scales.mostWords(MOST_BLOCKS) * GROUP_ROWS];

    /** blocks x rows of the group. */
    final float[] scales = new float[MOST_BLOCKS * GROUP_ROWS];

    /** blocks x rows of the group. */
    final float[] minimums = new float[MOST_BLOCKS * GROUP_ROWS];
}
