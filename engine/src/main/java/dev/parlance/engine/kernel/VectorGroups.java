package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * Multiplies a group of rows with the Vector API, chunk by chunk: the scales are computed and codes
 * expanded, then the values are unpacked and multiplied: for one input, for four at once, or for
 * many.
 */
final class VectorGroups implements GroupKernel {
    /** So few inputs that each is better multiplied alone. */
    private static final int FEW_INPUTS = 2;

    /** So many that values are better unpacked once for all of them. */
    private static final int MANY_INPUTS = 24;

    /** Inputs that are multiplied at once. */
    private static final int TOGETHER = 4;

    @Override
    public int lanes() {
        return Lanes.COUNT;
    }

    @Override
    public void multiply(
            PackedMatrix matrix,
            int group,
            PreparedInputs inputs,
            int first,
            int count,
            Scratch scratch) {
        if (matrix.lanes() != Lanes.COUNT) {
            throw new IllegalArgumentException(
                    "registers hold " + Lanes.COUNT + " rows, packed for " + matrix.lanes());
        }
        Arrays.fill(scratch.sums, 0, count * GROUP_ROWS, 0);
        ChunkView chunk = scratch.chunk;
        for (int index = 0; index < matrix.chunks(); index++) {
            chunk.setChunk(matrix, group, index);
            VectorScales.expand(matrix.layout(), chunk, scratch.scales);
            Compaction compaction = matrix.layout().compaction();
            if (count <= FEW_INPUTS && VectorListProducts.reads(compaction)) {
                addListed(compaction, chunk, inputs, first, count, index * CHUNK_COLS, scratch);
                continue;
            }
            VectorExpansion.expand(compaction, chunk, scratch.expanded);
            if (count >= manyInputs(chunk.codes)) {
                addPanels(chunk, inputs, first, count, index * CHUNK_COLS, scratch);
            } else {
                addDirectly(chunk, inputs, first, count, index * CHUNK_COLS, scratch);
            }
        }
    }

    private static int manyInputs(Codes codes) {
        return switch (codes) {
            // They have nothing between products and panels.
            case TWO_BITS, FIVE_BITS, SIX_BITS -> FEW_INPUTS + 1;
            case FOUR_BITS, BYTES, F16, BF16, F32 -> MANY_INPUTS;
        };
    }

    private static void addListed(
            Compaction compaction,
            ChunkView chunk,
            PreparedInputs inputs,
            int first,
            int count,
            int firstCol,
            Scratch scratch) {
        for (int input = 0; input < count; input++) {
            chunk.setInputs(inputs, first + input, firstCol);
            for (int row = 0; row < GROUP_ROWS; row += VectorProducts.ROWS) {
                int to = input * GROUP_ROWS + row;
                VectorListProducts.add(compaction, chunk, row, scratch.scales, scratch.sums, to);
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
        for (int row = 0; row < GROUP_ROWS; row += VectorPanels.ROWS) {
            VectorPanels.unpack(chunk, row, scratch);
            for (int input = 0; input < count; input += TOGETHER) {
                chunk.setInputs(inputs, first + input, firstCol);
                int together = Math.min(TOGETHER, count - input);
                int to = input * GROUP_ROWS + row;
                VectorPanels.add(chunk, together, row, scratch, to);
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
        int input = 0;
        while (count - input > FEW_INPUTS) {
            chunk.setInputs(inputs, first + input, firstCol);
            int together = Math.min(TOGETHER, count - input);
            for (int row = 0; row < GROUP_ROWS; row += VectorTiles.ROWS) {
                int to = input * GROUP_ROWS + row;
                VectorTiles.add(chunk, together, row, scratch.scales, scratch.sums, to);
            }
            input += together;
        }
        for (; input < count; input++) {
            chunk.setInputs(inputs, first + input, firstCol);
            for (int row = 0; row < GROUP_ROWS; row += VectorProducts.ROWS) {
                int to = input * GROUP_ROWS + row;
                VectorProducts.add(chunk, row, scratch.scales, scratch.sums, to);
            }
        }
    }
}
