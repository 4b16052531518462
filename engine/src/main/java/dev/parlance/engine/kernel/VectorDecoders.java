package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Dequantiser;
import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Chooses the decoder of a matrix: vectors for the types in common use, else the definition. */
final class VectorDecoders {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Turns blocks of stored bytes into floats. */
    @FunctionalInterface
    private interface Blocks {
        void decode(byte[] bytes, int blocks, float[] out, int outOffset);
    }

    private VectorDecoders() {}

    static WeightDecoder of(Matrix matrix) {
        return switch (matrix.type()) {
            case F32 -> f32(matrix);
            case F16 -> f16(matrix);
            case BF16 -> bf16(matrix);
            case Q8_0 -> blocks(matrix, LinearBlockVectors::q8);
            case Q4_0 -> blocks(matrix, LinearBlockVectors::q4);
            case Q4_1 -> blocks(matrix, LinearBlockVectors::q4WithMinimum);
            case Q5_0 -> blocks(matrix, LinearBlockVectors::q5);
            case Q5_1 -> blocks(matrix, LinearBlockVectors::q5WithMinimum);
            case Q2_K -> blocks(matrix, SuperBlockVectors::q2);
            case Q3_K -> blocks(matrix, SuperBlockVectors::q3);
            case Q4_K -> blocks(matrix, SuperBlockVectors::q4);
            case Q5_K -> blocks(matrix, SuperBlockVectors::q5);
            case Q6_K -> blocks(matrix, SuperBlockVectors::q6);
            default -> scalar(matrix);
        };
    }

    private static WeightDecoder f32(Matrix matrix) {
        MemorySegment data = matrix.data();
        long rowBytes = matrix.rowBytes();
        return (row, col, length, _, out, outOffset) ->
                MemorySegment.copy(data, FLOAT, row * rowBytes + col * 4L, out, outOffset, length);
    }

    private static WeightDecoder f16(Matrix matrix) {
        MemorySegment data = matrix.data();
        long rowBytes = matrix.rowBytes();
        return (row, col, length, scratch, out, outOffset) -> {
            MemorySegment.copy(data, SHORT, row * rowBytes + col * 2L, scratch.shorts, 0, length);
            FloatVectors.f16(scratch.shorts, length, out, outOffset);
        };
    }

    private static WeightDecoder bf16(Matrix matrix) {
        MemorySegment data = matrix.data();
        long rowBytes = matrix.rowBytes();
        return (row, col, length, scratch, out, outOffset) -> {
            MemorySegment.copy(data, SHORT, row * rowBytes + col * 2L, scratch.shorts, 0, length);
            FloatVectors.bf16(scratch.shorts, length, out, outOffset);
        };
    }

    private static WeightDecoder blocks(Matrix matrix, Blocks blocks) {
        MemorySegment data = matrix.data();
        long rowBytes = matrix.rowBytes();
        int blockValues = matrix.type().blockValues();
        int blockBytes = matrix.type().blockBytes();
        return (row, col, length, scratch, out, outOffset) -> {
            int count = length / blockValues;
            long at = row * rowBytes + (long) (col / blockValues) * blockBytes;
            MemorySegment.copy(
                    data, ValueLayout.JAVA_BYTE, at, scratch.bytes, 0, count * blockBytes);
            blocks.decode(scratch.bytes, count, out, outOffset);
        };
    }

    private static WeightDecoder scalar(Matrix matrix) {
        Dequantiser dequantiser = Dequantiser.of(matrix);
        return blocks(
                matrix,
                (bytes, blocks, out, outOffset) ->
                        dequantiser.dequantise(bytes, 0, blocks, out, outOffset));
    }
}
