package dev.parlance.engine.tensor;

import static dev.parlance.engine.tensor.StoredNumbers.half;
import static dev.parlance.engine.tensor.StoredNumbers.integer;
import static dev.parlance.engine.tensor.StoredNumbers.signedByte;
import static dev.parlance.engine.tensor.StoredNumbers.unsignedByte;

/**
 * Blocks of 32 whole numbers with one scale, {@code d · q}, and in some types one minimum, {@code d
 * · q + m}.
 *
 * <p>The 4 lower bits of value j are in byte j for the first half of a block and in the upper bits
 * of byte j - 16 for the second. Types of 5 bits keep bit 4 of value j as bit j of a 32-bit number.
 */
final class LinearBlocks {
    private static final int HALF = 16;
    private static final int VALUES = 32;

    private LinearBlocks() {}

    /** Q4_0: d, 16 bytes of 4-bit numbers; values are 8 less than stored. */
    static void q4WithoutMinimum(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        for (int j = 0; j < HALF; j++) {
            int q = unsignedByte(data, at + 2 + j);
            out[offset + j] = ((q & 15) - 8) * d;
            out[offset + j + HALF] = ((q >> 4) - 8) * d;
        }
    }

    /** Q4_1: d, m, 16 bytes of 4-bit numbers. */
    static void q4WithMinimum(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        float m = half(data, at + 2);
        for (int j = 0; j < HALF; j++) {
            int q = unsignedByte(data, at + 4 + j);
            out[offset + j] = (q & 15) * d + m;
            out[offset + j + HALF] = (q >> 4) * d + m;
        }
    }

    /** Q5_0: d, 32 upper bits, 16 bytes of 4 lower bits; values are 16 less than stored. */
    static void q5WithoutMinimum(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        int upper = integer(data, at + 2);
        for (int j = 0; j < HALF; j++) {
            int q = unsignedByte(data, at + 6 + j);
            out[offset + j] = ((q & 15 | (upper >>> j & 1) << 4) - 16) * d;
            out[offset + j + HALF] = ((q >> 4 | (upper >>> j + HALF & 1) << 4) - 16) * d;
        }
    }

    /** Q5_1: d, m, 32 upper bits, 16 bytes of 4 lower bits. */
    static void q5WithMinimum(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        float m = half(data, at + 2);
        int upper = integer(data, at + 4);
        for (int j = 0; j < HALF; j++) {
            int q = unsignedByte(data, at + 8 + j);
            out[offset + j] = (q & 15 | (upper >>> j & 1) << 4) * d + m;
            out[offset + j + HALF] = (q >> 4 | (upper >>> j + HALF & 1) << 4) * d + m;
        }
    }

    /** Q8_0: d, 32 signed bytes. */
    static void q8(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        for (int j = 0; j < VALUES; j++) {
            out[offset + j] = signedByte(data, at + 2 + j) * d;
        }
    }
}
