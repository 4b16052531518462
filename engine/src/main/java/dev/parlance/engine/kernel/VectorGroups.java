package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * Multiplies a group of rows with the Vector API, chunk by chunk: with a few inputs one by one;
 * with more in quads, from values that are unpacked for each quad, or with many once for all.
 */
final class VectorGroups implements GroupKernel {
    /** So few inputs that each is better multiplied alone. */
    private static final int FEW_INPUTS = 2;

    /** So many that values are better unpacked once for all of them. */
    private static final int MANY_INPUTS = 16;

    @Override
    public int lanes() {
        return Lanes.COUNT;
    }

    @Override
    public int mostAlone() {
        return FEW_INPUTS;
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
            int firstCol = index * CHUNK_COLS;
            if (!inputs.inQuads()) {
                addAlone(matrix.layout(), chunk, inputs, first, count, firstCol, scratch);
                continue;
            }
            VectorScales.expand(matrix.layout(), chunk, scratch.scales);
            VectorExpansion.expand(matrix.layout().compaction(), chunk, scratch.expanded);
            if (count < manyInputs(chunk.codes)) {
                addTiles(chunk, inputs, first, count, firstCol, scratch);
            } else {
                addPanels(chunk, inputs, first, count, firstCol, scratch);
            }
        }
    }

    private static void addAlone(
            WeightLayout layout,
            ChunkView chunk,
            PreparedInputs inputs,
            int first,
            int count,
            int firstCol,
            Scratch scratch) {
        boolean scaled = VectorScaledProducts.reads(layout);
        boolean listed = VectorListProducts.reads(layout.compaction());
        if (!scaled) {
            VectorScales.expand(layout, chunk, scratch.scales);
        }
        if (!listed) {
            VectorExpansion.expand(layout.compaction(), chunk, scratch.expanded);
        }
        for (int input = 0; input < count; input++) {
            chunk.setInputs(inputs, first + input, firstCol);
            for (int row = 0; row < GROUP_ROWS; row += Lanes.STRAND_ROWS) {
                int to = input * GROUP_ROWS + row;
                if (scaled) {
                    VectorScaledProducts.add(chunk, row, scratch.scales, scratch.sums, to);
                } else if (listed) {
                    VectorListProducts.add(
                            layout.compaction(), chunk, row, scratch.scales, scratch.sums, to);
                } else {
                    VectorProducts.add(chunk, row, scratch.scales, scratch.sums, to);
                }
            }
        }
    }

    private static int manyInputs(Codes codes) {
        return switch (codes) {
            // They have no tiles.
            case TWO_BITS, FIVE_BITS, SIX_BITS -> 0;
            // The registers of AVX2 are too few for these tiles.
            case BYTES -> Lanes.COUNT == 8 ? 0 : MANY_INPUTS;
            case FOUR_BITS, F16, BF16, F32 -> MANY_INPUTS;
        };
    }

    /** Rows that two registers of sums belong to. */
    private static int tileRows(Codes codes) {
        return codes.fillLanes() ? Lanes.STRAND_ROWS : 2 * Lanes.COUNT;
    }

    private static void addTiles(
            ChunkView chunk,
            PreparedInputs inputs,
            int first,
            int count,
            int firstCol,
            Scratch scratch) {
        int rows = tileRows(chunk.codes);
        for (int input = 0; input < count; input += PreparedInputs.QUAD) {
            chunk.setInputs(inputs, first + input, firstCol);
            for (int row = 0; row < GROUP_ROWS; row += rows) {
                VectorTiles.multiply(chunk, row);
                int to = input * GROUP_ROWS + row;
                VectorBlockSums.add(chunk, row, scratch.scales, scratch.sums, to);
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
        int rows = tileRows(chunk.codes);
        for (int row = 0; row < GROUP_ROWS; row += rows) {
            VectorPanels.unpack(chunk, row, scratch);
            for (int input = 0; input < count; input += PreparedInputs.QUAD) {
                chunk.setInputs(inputs, first + input, firstCol);
                VectorPanels.multiply(chunk, scratch);
                int to = input * GROUP_ROWS + row;
                VectorBlockSums.add(chunk, row, scratch.scales, scratch.sums, to);
            }
        }
    }
}
