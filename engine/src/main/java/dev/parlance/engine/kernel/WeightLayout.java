package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Dequantiser;
import dev.parlance.engine.tensor.Matrix;

/**
 * How the weights of one {@link GgmlType} are packed.
 *
 * @param blockCols columns that share a scale
 * @param centre what the minimums of blocks take from whole numbers, besides {@link Codes#centre}
 * @param packer fills a chunk's buffers from what is stored
 */
record WeightLayout(Codes codes, Scales scales, int blockCols, int centre, ChunkPacker packer) {
    /** Most blocks of a chunk. */
    static final int MOST_BLOCKS = PackedMatrix.CHUNK_COLS / 16;

    /**
     * Errors: {@link dev.parlance.engine.gguf.UnsupportedModelException} names the matrix and its
     * type.
     */
    static WeightLayout of(Matrix matrix) {
        Dequantiser.of(matrix); // refuses types without a definition
        return of(matrix.type());
    }

    /** Of a type that is defined. */
    static WeightLayout of(GgmlType type) {
        return switch (type) {
            case F32 -> floats(Codes.F32, FloatPackers::f32);
            case F16 -> floats(Codes.F16, FloatPackers::halves);
            case BF16 -> floats(Codes.BF16, FloatPackers::halves);
            case Q4_0 -> centred(Codes.FOUR_BITS, 32, 8, LinearPackers::q4);
            case Q4_1 -> withMinimum(Codes.FOUR_BITS, LinearPackers::q4WithMinimum);
            case Q5_0 -> centred(Codes.FIVE_BITS, 32, 16, LinearPackers::q5);
            case Q5_1 -> withMinimum(Codes.FIVE_BITS, LinearPackers::q5WithMinimum);
            case Q8_0 -> centred(Codes.BYTES, 32, 128, LinearPackers::q8);
            case IQ4_NL -> centred(Codes.BYTES, 32, 128, CodebookPackers::iq4Nl);
            case TQ1_0 -> centred(Codes.TWO_BITS, 32, 1, TernaryPackers::tq1);
            case TQ2_0 -> centred(Codes.TWO_BITS, 32, 1, TernaryPackers::tq2);
            case Q2_K -> factoredWithMinimum(Codes.TWO_BITS, 16, SuperPackers::q2);
            case Q4_K -> factoredWithMinimum(Codes.FOUR_BITS, 32, SuperPackers::q4);
            case Q5_K -> factoredWithMinimum(Codes.FIVE_BITS, 32, SuperPackers::q5);
            case Q3_K -> factored(Codes.FOUR_BITS, 16, 4, SuperPackers::q3);
            case Q6_K -> factored(Codes.SIX_BITS, 16, 32, SuperPackers::q6);
            case IQ4_XS -> factored(Codes.BYTES, 32, 128, CodebookPackers::iq4Xs);
            case MXFP4 ->
                    new WeightLayout(
                            Codes.BYTES,
                            Scales.POWER,
                            32,
                            128,
                            ChunkPacker.of(CodebookPackers::mxfp4));
            default -> throw new IllegalStateException(type + " has a definition, but no layout");
        };
    }

    private static WeightLayout floats(Codes codes, ChunkPacker packer) {
        return new WeightLayout(codes, Scales.NONE, PackedMatrix.CHUNK_COLS, 0, packer);
    }

    private static WeightLayout centred(Codes codes, int blockCols, int centre, RowPacker packer) {
        ChunkPacker rows = ChunkPacker.of(packer);
        return new WeightLayout(codes, Scales.CENTRED, blockCols, left(codes, centre), rows);
    }

    private static WeightLayout withMinimum(Codes codes, RowPacker packer) {
        ChunkPacker rows = ChunkPacker.of(packer);
        return new WeightLayout(codes, Scales.WITH_MINIMUM, 32, left(codes, 0), rows);
    }

    private static WeightLayout factored(Codes codes, int blockCols, int centre, RowPacker packer) {
        ChunkPacker rows = ChunkPacker.of(packer);
        return new WeightLayout(codes, Scales.FACTORED, blockCols, left(codes, centre), rows);
    }

    private static WeightLayout factoredWithMinimum(Codes codes, int blockCols, RowPacker packer) {
        ChunkPacker rows = ChunkPacker.of(packer);
        return new WeightLayout(
                codes, Scales.FACTORED_WITH_MINIMUM, blockCols, left(codes, 0), rows);
    }

    /** What is left to take of a type's centre when the codes are multiplied less their own. */
    private static int left(Codes codes, int centre) {
        return codes.areQuantised() ? centre - codes.centre() : centre;
    }

    int blocks(int cols) {
        return Math.ceilDiv(cols, blockCols);
    }

    /** Computes a chunk's scales from what is stored of them. */
    void expand(ScaleBuffer buffer, int cols) {
        scales.expand(buffer, blocks(cols), centre);
    }

    /** Words of a row of a chunk with so many columns. */
    int words(int cols) {
        return scaleWords(cols) + codes.words(cols);
    }

    /** Those of them that hold scales, which come first. */
    int scaleWords(int cols) {
        return scales.words(blocks(cols));
    }
}
