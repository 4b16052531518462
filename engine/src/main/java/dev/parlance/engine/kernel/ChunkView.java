package dev.parlance.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * What the innermost loops read: a chunk of a group, and some inputs. One object that is filled
 * again and again, because these loops would have a dozen parameters otherwise.
 */
final class ChunkView {
    MemorySegment data = MemorySegment.NULL;
    Codes codes = Codes.F32;
    int cols;
    int blockCols;

    /** Where the first word of the first row is; it is one of the scales. */
    long scalesAt;

    /** Where the first row's words of the codes begin. */
    long codesAt;

    /** Bytes from a strand to the next, from {@link #scalesAt} or {@link #codesAt} on. */
    long strand;

    float[] x = {};

    /** Instead of {@link #x} for quantised codes. */
    int[] pairs = {};

    /** Where the first input's columns of the chunk begin in {@link #x} or {@link #pairs}. */
    int xAt;

    /** From an input to the next. */
    int xStride;

    float[] blockSums = {};

    /** Of quantised inputs, per block: what its sums begin with. */
    int[] starts = {};

    /** Of quantised inputs, per block. */
    float[] inputScales = {};

    /** Where the sum of the first input's first block in the chunk is. */
    int blockAt;

    /** From an input to the next. */
    int blockStride;

    /** Sums in halves: blocks x four inputs x two registers, half of a group at most. */
    final int[] shortSums = new int[WeightLayout.MOST_BLOCKS * 4 * PackedMatrix.GROUP_ROWS / 2];

    void setChunk(PackedMatrix matrix, int group, int chunk) {
        data = matrix.data(group);
        codes = matrix.codes();
        cols = matrix.chunkCols(chunk);
        blockCols = matrix.blockCols();
        scalesAt = matrix.chunkAt(group, chunk);
        codesAt = matrix.codesAt(group, chunk);
        strand = matrix.strandBytes(chunk);
    }

    /**
     * @param first the first input
     * @param firstCol the chunk's first column in it
     */
    void setInputs(PreparedInputs inputs, int first, int firstCol) {
        int block = firstCol / blockCols;
        blockSums = inputs.blockSums;
        blockAt = inputs.blockAt(first, block);
        blockStride = inputs.blocks;
        xStride = inputs.at(first + 1) - inputs.at(first);
        switch (inputs) {
            case FloatInputs floats -> {
                x = floats.numbers();
                xAt = floats.at(first) + firstCol;
            }
            case QuantisedInputs quantised -> {
                pairs = quantised.pairs();
                xAt = quantised.at(first) + firstCol / 2;
                starts = quantised.starts();
                inputScales = quantised.scales();
            }
        }
    }
}
