package dev.parlance.engine.tensor;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufWriter;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Seeded random weights of every type: random bits with scales that keep values near one. */
public final class RandomWeights {
    private RandomWeights() {}

    /** A matrix in heap memory. */
    public static Matrix matrix(GgmlType type, int rows, int cols, Random random) {
        byte[] bytes = bytes(type, Math.multiplyExact(rows, cols), random);
        return new Matrix("random", type, rows, cols, MemorySegment.ofArray(bytes));
    }

    /** The stored bytes of that many values. */
    public static byte[] bytes(GgmlType type, int values, Random random) {
        return switch (type) {
            case F32, F16, BF16 -> {
                float[] floats = new float[values];
                for (int i = 0; i < values; i++) {
                    floats[i] = (float) random.nextGaussian();
                }
                yield GgufWriter.store(type, floats);
            }
            default -> blocks(type, values / type.blockValues(), random);
        };
    }

    private static byte[] blocks(GgmlType type, int blocks, Random random) {
        byte[] bytes = new byte[blocks * type.blockBytes()];
        random.nextBytes(bytes);
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes.length; at += type.blockBytes()) {
            if (type == GgmlType.MXFP4) {
                bytes[at] = (byte) (124 + random.nextInt(4));
            }
            for (int scale : scaleOffsets(type)) {
                float d = (random.nextFloat() - 0.3f) * largestScale(type);
                view.putShort(at + scale, Float.floatToFloat16(d));
            }
        }
        return bytes;
    }

    /** Where a block keeps its half-precision numbers. */
    private static int[] scaleOffsets(GgmlType type) {
        return switch (type) {
            case Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS -> new int[] {0};
            case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
            case Q2_K -> new int[] {80, 82};
            case Q3_K -> new int[] {108};
            case Q6_K -> new int[] {208};
            case TQ1_0 -> new int[] {52};
            case TQ2_0 -> new int[] {64};
            case MXFP4 -> new int[] {};
            default -> throw new IllegalArgumentException("no random weights of " + type);
        };
    }

    private static float largestScale(GgmlType type) {
        return switch (type) {
            case Q2_K -> 0.05f;
            case Q3_K -> 0.02f;
            case Q4_K -> 0.002f;
            case Q5_K -> 0.001f;
            case Q6_K, IQ4_XS -> 0.0004f;
            case Q8_0, IQ4_NL -> 0.015f;
            case TQ1_0, TQ2_0 -> 1;
            default -> 0.2f;
        };
    }
}
