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

    /** Bytes from a strand to the next. */
    long strand;

    float[] x = {};

    /** Where the first input's columns of the chunk begin in {@link #x}. */
    int xAt;

    /** From an input to the next. */
    int xStride;

    float[] blockSums = {};

    /** Where the sum of the first input's first block in the chunk is. */
    int blockSumAt;

    /** From an input to the next. */
    int blockSumStride;

    /**
     * What the words of a block leave, of the rows of four registers, gathered here rather than in
     * a variable: C2 sometimes keeps a whole number that lives through a loop as an object. It need
     * not be cleared, since what was there before is moved out of reach.
     */
    final int[] rest = new int[PackedMatrix.GROUP_ROWS];

    void setChunk(PackedMatrix matrix, int group, int chunk) {
        data = matrix.data(group);
        codes = matrix.codes();
        cols = matrix.chunkCols(chunk);
        blockCols = matrix.blockCols();
        scalesAt = matrix.chunkAt(group, chunk, 0);
        codesAt = scalesAt + (long) matrix.layout().scaleWords(cols) * PackedMatrix.WORD_BYTES;
        strand = matrix.strandBytes();
    }

    /**
     * @param first the first input
     * @param firstCol the chunk's first column in it
     */
    void setInputs(PreparedInputs inputs, int first, int firstCol) {
        int block = firstCol / blockCols;
        x = inputs.numbers();
        xAt = inputs.at(first) + firstCol;
        xStride = inputs.at(first + 1) - inputs.at(first);
        blockSums = inputs.blockSums();
        blockSumAt = inputs.blockSumAt(first, block);
        blockSumStride = inputs.blockSumAt(first + 1, block) - blockSumAt;
    }
}
