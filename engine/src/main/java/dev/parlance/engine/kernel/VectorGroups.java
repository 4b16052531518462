package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * Multiplies a group of rows with the Vector API.
 *
 * <p>One input vector is multiplied with the values as they are unpacked; for several, the values
 * of a chunk are unpacked once, into a panel in the second level cache, and read from there.
 */
final class VectorGroups implements GroupKernel {
    /** Rows of a panel: two registers. */
    static final int SLAB_ROWS = 2 * Lanes.COUNT;

    /** Rows that are computed at once for one input. */
    private static final int ROWS_ALONE = 4 * Lanes.COUNT;

    /** So few inputs that each is better multiplied alone. */
    private static final int FEW_INPUTS = 3;

    @Override
    public void multiply(PackedMatrix matrix, int group, Inputs inputs, Scratch scratch) {
        Arrays.fill(scratch.sums, 0, inputs.count() * GROUP_ROWS, 0);
        boolean alone = inputs.count() <= FEW_INPUTS && VectorProducts.has(matrix.codes());
        for (int chunk = 0; chunk < matrix.chunks(); chunk++) {
            matrix.readScales(group, chunk, scratch.scales);
            VectorScales.expand(matrix.layout(), scratch.scales, matrix.chunkCols(chunk));
            if (alone) {
                for (int input = 0; input < inputs.count(); input++) {
                    addAlone(matrix, group, chunk, inputs, input, scratch);
                }
            } else {
                for (int row = 0; row < GROUP_ROWS; row += SLAB_ROWS) {
                    unpack(matrix, group, chunk, row, scratch.panel);
                    addSlab(matrix, chunk, row, inputs, scratch);
                }
            }
        }
    }

    private static void addAlone(
            PackedMatrix matrix, int group, int chunk, Inputs inputs, int input, Scratch scratch) {
        int xAt = inputs.offset() + input * matrix.cols() + chunk * CHUNK_COLS;
        int blockSum = inputs.blockSumAt(input, chunk * CHUNK_COLS / matrix.blockCols());
        for (int row = 0; row < GROUP_ROWS; row += ROWS_ALONE) {
            VectorProducts.add(
                    matrix.codes(),
                    matrix.data(group),
                    matrix.wordsAt(group, chunk, row),
                    matrix.strandBytes(),
                    matrix.chunkCols(chunk),
                    matrix.blockCols(),
                    inputs.x(),
                    xAt,
                    inputs.blockSums().values(),
                    blockSum,
                    scratch.scales,
                    row,
                    scratch.sums,
                    input * GROUP_ROWS + row);
        }
    }

    private static void unpack(PackedMatrix matrix, int group, int chunk, int row, float[] panel) {
        VectorValues.unpack(
                matrix.codes(),
                matrix.data(group),
                matrix.wordsAt(group, chunk, row),
                matrix.strandBytes(),
                matrix.chunkCols(chunk),
                panel);
    }

    private static void addSlab(
            PackedMatrix matrix, int chunk, int row, Inputs inputs, Scratch scratch) {
        int stride = matrix.cols();
        int cols = matrix.chunkCols(chunk);
        int blockCols = matrix.blockCols();
        int firstBlock = chunk * CHUNK_COLS / blockCols;
        int xAt = inputs.offset() + chunk * CHUNK_COLS;
        float[] blockSums = inputs.blockSums().values();
        for (int i = 0; i < inputs.count(); i += 4) {
            int together = Math.min(4, inputs.count() - i);
            int blockSumAt = inputs.blockSumAt(i, firstBlock);
            int to = i * GROUP_ROWS + row;
            if (together > 1) {
                VectorTiles.addInputs(
                        scratch.panel,
                        cols,
                        blockCols,
                        inputs.x(),
                        xAt + i * stride,
                        stride,
                        together,
                        blockSums,
                        blockSumAt,
                        inputs.blockSums().stride(),
                        scratch.scales,
                        row,
                        scratch.sums,
                        to);
            } else {
                VectorTiles.addInput(
                        scratch.panel,
                        cols,
                        blockCols,
                        inputs.x(),
                        xAt + i * stride,
                        blockSums,
                        blockSumAt,
                        scratch.scales,
                        row,
                        scratch.sums,
                        to);
            }
        }
    }
}
