package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * Multiplies a group of rows with the Vector API, chunk by chunk: the scales are computed, then the
 * values are unpacked and multiplied: for one input, for four at once, or for many.
 */
final class VectorGroups implements GroupKernel {
    /** So few inputs that each is better multiplied alone. */
    private static final int FEW_INPUTS = 2;

    /** So many that values are better unpacked once for all of them. */
    private static final int MANY_INPUTS = 12;

    /** Inputs that are multiplied at once. */
    private static final int TOGETHER = 4;

    @Override
    public void multiply(
            PackedMatrix matrix,
            int group,
            PreparedInputs inputs,
            int first,
            int count,
            Scratch scratch) {
        Arrays.fill(scratch.sums, 0, count * GROUP_ROWS, 0);
        ChunkView chunk = scratch.chunk;
        for (int index = 0; index < matrix.chunks(); index++) {
            chunk.setChunk(matrix, group, index);
            VectorScales.expand(matrix.layout(), chunk, scratch.scales);
            if (count >= MANY_INPUTS) {
                addPanels(chunk, inputs, first, count, index * CHUNK_COLS, scratch);
            } else {
                addDirectly(chunk, inputs, first, count, index * CHUNK_COLS, scratch);
            }
        }
    }

    private static void addPanels(
            ChunkView chunk,
            PreparedInputs inputs,
            int first,
            int count,
            int firstCol,
            Scratch scratch) {
        boolean quantised = chunk.codes.areQuantised();
        for (int row = 0; row < GROUP_ROWS; row += VectorPanels.ROWS) {
            if (quantised) {
                VectorShortPanels.unpack(chunk, row, scratch.shortPanel);
            } else {
                VectorPanels.unpack(chunk, row, scratch.panel);
            }
            for (int input = 0; input < count; input += TOGETHER) {
                chunk.setInputs(inputs, first + input, firstCol);
                int together = Math.min(TOGETHER, count - input);
                int to = input * GROUP_ROWS + row;
                if (quantised) {
                    VectorShortPanels.add(
                            scratch.shortPanel,
                            chunk,
                            together,
                            row,
                            scratch.scales,
                            scratch.sums,
                            to);
                } else {
                    VectorPanels.add(
                            scratch.panel, chunk, together, row, scratch.scales, scratch.sums, to);
                }
            }
        }
    }

    private static void addDirectly(
            ChunkView chunk,
            PreparedInputs inputs,
            int first,
            int count,
            int firstCol,
            Scratch scratch) {
        boolean quantised = chunk.codes.areQuantised();
        int input = 0;
        while (count - input > FEW_INPUTS) {
            chunk.setInputs(inputs, first + input, firstCol);
            int together = Math.min(TOGETHER, count - input);
            for (int row = 0; row < GROUP_ROWS; row += VectorTiles.ROWS) {
                int to = input * GROUP_ROWS + row;
                if (quantised) {
                    VectorShortTiles.add(chunk, together, row, scratch.scales, scratch.sums, to);
                } else {
                    VectorTiles.add(chunk, together, row, scratch.scales, scratch.sums, to);
                }
            }
            input += together;
        }
        for (; input < count; input++) {
            chunk.setInputs(inputs, first + input, firstCol);
            for (int row = 0; row < GROUP_ROWS; row += VectorProducts.ROWS) {
                int to = input * GROUP_ROWS + row;
                if (quantised) {
                    VectorShortProducts.add(chunk, row, scratch.scales, scratch.sums, to);
                } else {
                    VectorProducts.add(chunk, row, scratch.scales, scratch.sums, to);
                }
            }
        }
    }
}
