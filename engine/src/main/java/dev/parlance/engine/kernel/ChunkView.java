package dev.parlance.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * What the innermost loops read: a chunk of a group, and some inputs. One object that is filled
 * again and again, because these loops would have a dozen parameters otherwise.
 */
final class ChunkView {
    /** A register has a quarter of a group at most. */
    private static final int MOST_SUMS =
            WeightLayout.MOST_BLOCKS * PreparedInputs.QUAD * PackedMatrix.GROUP_ROWS / 2;

    MemorySegment data = MemorySegment.NULL;
    Codes codes = Codes.F32;
    int cols;
    int blockCols;

    Scales scales = Scales.NONE;

    /** What minimums take from whole numbers: see {@link WeightLayout}. */
    float centre;

    /** Words of a row that hold scales. */
    int scaleWords;

    /**
     * Of quantised codes: the bits of one in each half of a word. Not a constant, which C2 would
     * load again for each use.
     */
    int mask;

    /** Where the first word of the first row is; it is one of the scales. */
    long scalesAt;

    /** Where the first row's words of the codes begin. */
    long codesAt;

    /** Bytes from a strand to the next, from {@link #scalesAt} or {@link #codesAt} on. */
    long strand;

    float[] x = {};

    /** Instead of {@link #x} for quantised codes. */
    int[] pairs = {};

    /** Where the chunk's first column of the input or quad is in {@link #x} or {@link #pairs}. */
    int xAt;

    /** Of the inputs, per block. */
    float[] inputSums = {};

    /** Of quantised inputs, per block: what its sums begin with. */
    int[] starts = {};

    /** Of quantised inputs, per block. */
    float[] inputScales = {};

    /** Where the chunk's first block of the input or quad is in what there is per block. */
    int blockAt;

    /** Sums of a tile before they are scaled: blocks x the inputs of a quad x two registers. */
    final float[] blockSums = new float[MOST_SUMS];

    /** Those of whole numbers, in each half of a word; of one input, a block's of a strand. */
    final int[] shortSums = new int[MOST_SUMS];

    void setChunk(PackedMatrix matrix, int group, int chunk) {
        data = matrix.data(group);
        codes = matrix.codes();
        cols = matrix.chunkCols(chunk);
        blockCols = matrix.blockCols();
        mask = codes.mask();
        scales = matrix.layout().scales();
        centre = matrix.layout().centre();
        scaleWords = matrix.scaleWords(chunk);
        scalesAt = matrix.chunkAt(group, chunk);
        codesAt = matrix.codesAt(group, chunk);
        strand = matrix.strandBytes(chunk);
    }

    /**
     * @param first the input, or the first of a quad
     * @param firstCol the chunk's first column in it
     */
    void setInputs(PreparedInputs inputs, int first, int firstCol) {
        inputSums = inputs.blockSums;
        blockAt = inputs.blockAt(first, firstCol / blockCols);
        xAt = inputs.at(first, firstCol);
        switch (inputs) {
            case FloatInputs floats -> x = floats.numbers();
            case QuantisedInputs quantised -> {
                pairs = quantised.pairs();
                starts = quantised.starts();
                inputScales = quantised.scales();
            }
        }
    }
}
