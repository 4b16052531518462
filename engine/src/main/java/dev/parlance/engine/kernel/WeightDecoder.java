package dev.parlance.engine.kernel;

/** Dequantises parts of the rows of one matrix, bit for bit as its scalar definition. */
interface WeightDecoder {
    /**
     * Writes the values of row {@code row} from column {@code col} on to {@code out[outOffset …]}.
     *
     * @param col a multiple of the type's block length
     * @param length a multiple of the type's block length, at most {@link Scratch#CHUNK}
     */
    void decode(int row, int col, int length, Scratch scratch, float[] out, int outOffset);
}
