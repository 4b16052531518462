package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Dequantiser;
import dev.parlance.engine.tensor.Matrix;

/**
 * How the weights of one {@link GgmlType} are packed.
 *
 * @param compaction how the words of the codes are kept
 * @param blockCols columns that share a scale
 * @param centre what the minimums of blocks take from whole numbers, besides {@link Codes#centre}
 * @param packer fills a chunk's buffers from what is stored
 */
record WeightLayout(
        Codes codes,
        Compaction compaction,
        Scales scales,
        int blockCols,
        int centre,
        ChunkPacker packer) {
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
            case Q4_0 -> of(Codes.FOUR_BITS, Scales.CENTRED, 32, 8, LinearPackers::q4);
            case Q4_1 -> of(Codes.FOUR_BITS, Scales.WITH_MINIMUM, 32, LinearPackers::q4WithMinimum);
            case Q5_0 -> of(Codes.FIVE_BITS, Scales.CENTRED, 32, 16, LinearPackers::q5);
            case Q5_1 -> of(Codes.FIVE_BITS, Scales.WITH_MINIMUM, 32, LinearPackers::q5WithMinimum);
            case Q8_0 -> of(Codes.BYTES, Scales.CENTRED, 32, 128, LinearPackers::q8);
            case IQ4_NL -> listed(Compaction.NON_LINEAR, Scales.CENTRED, CodebookPackers::iq4Nl);
            case IQ4_XS -> listed(Compaction.NON_LINEAR, Scales.FACTORED, CodebookPackers::iq4Xs);
            case MXFP4 -> listed(Compaction.E2M1, Scales.POWER, CodebookPackers::mxfp4);
            // For every 32 columns, because what is added to small numbers would weigh on a long
            // sum.
            case TQ1_0 -> of(Codes.TWO_BITS, Scales.ONE, 32, 1, TernaryPackers::tq1);
            case TQ2_0 -> of(Codes.TWO_BITS, Scales.ONE, 32, 1, TernaryPackers::tq2);
            case Q2_K -> of(Codes.TWO_BITS, Scales.FACTORED_IN_NIBBLES, 16, SuperPackers::q2);
            case Q3_K ->
                    whole(
                            Codes.FOUR_BITS,
                            Compaction.THREE_BITS,
                            Scales.FACTORED,
                            16,
                            4,
                            SuperPackers::q3);
            case Q4_K -> of(Codes.FOUR_BITS, Scales.FACTORED_WITH_MINIMUM, 32, SuperPackers::q4);
            case Q5_K -> of(Codes.FIVE_BITS, Scales.FACTORED_WITH_MINIMUM, 32, SuperPackers::q5);
            case Q6_K -> of(Codes.SIX_BITS, Scales.FACTORED, 16, 32, SuperPackers::q6);
            default -> throw new IllegalStateException(type + " has a definition, but no layout");
        };
    }

    private static WeightLayout floats(Codes codes, ChunkPacker packer) {
        return new WeightLayout(
                codes, Compaction.NONE, Scales.NONE, PackedMatrix.CHUNK_COLS, 0, packer);
    }

    private static WeightLayout of(
            Codes codes, Scales scales, int blockCols, int centre, RowPacker packer) {
        return whole(codes, Compaction.NONE, scales, blockCols, centre, packer);
    }

    /** Whole numbers that are not centred. */
    private static WeightLayout of(Codes codes, Scales scales, int blockCols, RowPacker packer) {
        return of(codes, scales, blockCols, 0, packer);
    }

    /** Indexes into a list of values. */
    private static WeightLayout listed(Compaction compaction, Scales scales, RowPacker packer) {
        return whole(Codes.BYTES, compaction, scales, 32, 128, packer);
    }

    private static WeightLayout whole(
            Codes codes,
            Compaction compaction,
            Scales scales,
            int blockCols,
            int centre,
            RowPacker packer) {
        // Quantised codes are multiplied less a centre of their own.
        int left = codes.areQuantised() ? centre - codes.centre() : centre;
        return new WeightLayout(codes, compaction, scales, blockCols, left, ChunkPacker.of(packer));
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
        return scaleWords(cols) + codeWords(cols);
    }

    /** Those of them that hold scales, which come first. */
    int scaleWords(int cols) {
        return scales.words(blocks(cols));
    }

    /** Those of them that hold codes. */
    int codeWords(int cols) {
        return compaction.words(codes.words(cols));
    }
}
