package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/** The definition of a product of rows and input vectors, in plain Java. */
final class ScalarGroups implements GroupKernel {
    /** Rows that are computed side by side, since each waits for its last addition. */
    static final int ROWS = 4;

    /** It reads all; these fill the lines of the cache. */
    private static final int LANES = 16;

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public int mostAlone() {
        return Integer.MAX_VALUE;
    }

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
                    matrix.codes()
                            .values(
                                    words,
                                    cols,
                                    matrix.blockCols(),
                                    row + i,
                                    scratch.panel,
                                    i * CHUNK_COLS);
                }
                for (int input = 0; input < count; input++) {
                    int to = input * GROUP_ROWS + row;
                    switch (inputs) {
                        case FloatInputs floats ->
                                addFloats(matrix, chunk, row, floats, first + input, scratch, to);
                        case QuantisedInputs numbers ->
                                addWhole(matrix, chunk, row, numbers, first + input, scratch, to);
                    }
                }
            }
        }
    }

    private static void addFloats(
            PackedMatrix matrix,
            int chunk,
            int row,
            FloatInputs inputs,
            int input,
            Scratch scratch,
            int to) {
        float[] x = inputs.numbers();
        float[] panel = scratch.panel;
        int cols = matrix.chunkCols(chunk);
        int blockCols = matrix.blockCols();
        int xAt = inputs.at(input, chunk * CHUNK_COLS);
        int block = inputs.blockAt(input, chunk * CHUNK_COLS / blockCols);
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
            float blockSum = inputs.blockSums[block++];
            addBlock(scratch, to, s0, scale, blockSum);
            addBlock(scratch, to + 1, s1, scale + 1, blockSum);
            addBlock(scratch, to + 2, s2, scale + 2, blockSum);
            addBlock(scratch, to + 3, s3, scale + 3, blockSum);
            scale += GROUP_ROWS;
        }
    }

    /** As floats, in which the sums of a block are whole numbers, too. */
    private static void addWhole(
            PackedMatrix matrix,
            int chunk,
            int row,
            QuantisedInputs inputs,
            int input,
            Scratch scratch,
            int to) {
        int[] pairs = inputs.pairs();
        float[] panel = scratch.panel;
        int cols = matrix.chunkCols(chunk);
        int half = matrix.blockCols() / 2;
        int pair = inputs.at(input, chunk * CHUNK_COLS);
        int block = inputs.blockAt(input, chunk * CHUNK_COLS / matrix.blockCols());
        int scale = row;
        for (int from = 0; from < cols; from += 2 * half) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int c = from; c < from + half; c++, pair++) {
                float v = QuantisedInputs.lower(pairs[pair]);
                float w = QuantisedInputs.upper(pairs[pair]);
                s0 += v * panel[c] + w * panel[c + half];
                s1 += v * panel[c + CHUNK_COLS] + w * panel[c + CHUNK_COLS + half];
                s2 += v * panel[c + 2 * CHUNK_COLS] + w * panel[c + 2 * CHUNK_COLS + half];
                s3 += v * panel[c + 3 * CHUNK_COLS] + w * panel[c + 3 * CHUNK_COLS + half];
            }
            float inputScale = inputs.scales()[block];
            float blockSum = inputs.blockSums[block++];
            addBlock(scratch, to, s0 * inputScale, scale, blockSum);
            addBlock(scratch, to + 1, s1 * inputScale, scale + 1, blockSum);
            addBlock(scratch, to + 2, s2 * inputScale, scale + 2, blockSum);
            addBlock(scratch, to + 3, s3 * inputScale, scale + 3, blockSum);
            scale += GROUP_ROWS;
        }
    }

    private static void addBlock(Scratch scratch, int at, float sum, int scale, float blockSum) {
        float scaled = Math.fma(sum, scratch.scales.scales[scale], scratch.sums[at]);
        scratch.sums[at] = Math.fma(blockSum, scratch.scales.minimums[scale], scaled);
    }
}
