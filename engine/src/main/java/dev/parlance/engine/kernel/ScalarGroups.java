package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/** The definition of a product of rows and input vectors, in plain Java. */
final class ScalarGroups implements GroupKernel {
    /** Rows that are computed side by side, since each waits for its last addition. */
    static final int ROWS = 4;

    @Override
    public void multiply(
            PackedMatrix matrix,
            int group,
            PreparedInputs inputs,
            int first,
            int count,
            Scratch scratch) {
        Arrays.fill(scratch.sums, 0, count * GROUP_ROWS, 0);
        int[] words = new int[matrix.codes().words(CHUNK_COLS) * GROUP_ROWS];
        int rows = Math.min(GROUP_ROWS, matrix.rows() - group * GROUP_ROWS);
        for (int chunk = 0; chunk < matrix.chunks(); chunk++) {
            int cols = matrix.chunkCols(chunk);
            matrix.readScales(group, chunk, scratch.scales);
            matrix.layout().expand(scratch.scales, cols);
            matrix.readWords(group, chunk, words);
            for (int row = 0; row < rows; row += ROWS) {
                for (int i = 0; i < ROWS; i++) {
                    matrix.codes().values(words, cols, row + i, scratch.panel, i * CHUNK_COLS);
                }
                for (int input = 0; input < count; input++) {
                    addRows(matrix, chunk, row, inputs, first + input, input, scratch);
                }
            }
        }
    }

    private static void addRows(
            PackedMatrix matrix,
            int chunk,
            int row,
            PreparedInputs inputs,
            int input,
            int to,
            Scratch scratch) {
        float[] x = inputs.numbers();
        float[] panel = scratch.panel;
        int cols = matrix.chunkCols(chunk);
        int blockCols = matrix.blockCols();
        int xAt = inputs.at(input) + chunk * CHUNK_COLS;
        int block = inputs.blockSumAt(input, chunk * CHUNK_COLS / blockCols);
        int scale = row;
        for (int from = 0; from < cols; from += blockCols) {
            int end = Math.min(cols, from + blockCols);
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int c = from; c < end; c++) {
                float v = x[xAt + c];
                s0 = Math.fma(v, panel[c], s0);
                s1 = Math.fma(v, panel[c + CHUNK_COLS], s1);
                s2 = Math.fma(v, panel[c + 2 * CHUNK_COLS], s2);
                s3 = Math.fma(v, panel[c + 3 * CHUNK_COLS], s3);
            }
            float blockSum = inputs.blockSums()[block++];
            int at = to * GROUP_ROWS + row;
            addBlock(scratch, at, s0, scale, blockSum);
            addBlock(scratch, at + 1, s1, scale + 1, blockSum);
            addBlock(scratch, at + 2, s2, scale + 2, blockSum);
            addBlock(scratch, at + 3, s3, scale + 3, blockSum);
            scale += GROUP_ROWS;
        }
    }

    private static void addBlock(Scratch scratch, int at, float sum, int scale, float blockSum) {
        float scaled = Math.fma(sum, scratch.scales.scales[scale], scratch.sums[at]);
        scratch.sums[at] = Math.fma(blockSum, scratch.scales.minimums[scale], scaled);
    }
}
