package dev.parlance.engine.tensor;

import static dev.parlance.engine.tensor.StoredNumbers.half;
import static dev.parlance.engine.tensor.StoredNumbers.signedByte;
import static dev.parlance.engine.tensor.StoredNumbers.unsignedByte;

/**
 * The "K" types: blocks of 256 whole numbers in sub-blocks of 16 or 32 that have small whole-number
 * scales (and minimums) of their own under one scale (and one minimum scale) of the block.
 */
final class SuperBlocks {
    private static final int VALUES = 256;

    private SuperBlocks() {}

    /**
     * Q2_K: 16 bytes (scale in the lower, minimum in the upper 4 bits), 64 bytes of 2-bit numbers,
     * d, dmin. Value: {@code d · scale · q - dmin · minimum}, sub-blocks of 16.
     */
    static void q2(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at + 80);
        float dmin = half(data, at + 82);
        for (int i = 0; i < VALUES; i += 16) {
            int scale = unsignedByte(data, at + i / 16);
            float dl = d * (scale & 15);
            float ml = dmin * (scale >> 4);
            int quants = at + 16 + i / 128 * 32 + i % 32;
            int shift = i % 128 / 32 * 2;
            for (int l = 0; l < 16; l++) {
                int q = unsignedByte(data, quants + l) >> shift & 3;
                out[offset + i + l] = dl * q - ml;
            }
        }
    }

    /**
     * Q3_K: 32 bytes of third bits (a bit not set takes 4 away), 64 bytes of 2 lower bits, 16
     * scales of 6 bits in 12 bytes, d. Value: {@code d · (scale - 32) · q}, sub-blocks of 16.
     */
    static void q3(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at + 108);
        for (int i = 0; i < VALUES; i += 16) {
            float dl = d * (q3Scale(data, at + 96, i / 16) - 32);
            int quants = at + 32 + i / 128 * 32 + i % 32;
            int masks = at + i % 32;
            int shift = i % 128 / 32 * 2;
            int maskShift = i / 32;
            for (int l = 0; l < 16; l++) {
                int q = unsignedByte(data, quants + l) >> shift & 3;
                int missing = ~unsignedByte(data, masks + l) >> maskShift & 1;
                out[offset + i + l] = dl * (q - 4 * missing);
            }
        }
    }

    /**
     * Of the 12 bytes of Q3_K scales the first eight hold the 4 lower bits, the last four the 2
     * upper.
     */
    private static int q3Scale(byte[] data, int scales, int index) {
        int lower = unsignedByte(data, scales + index % 8) >> index / 8 * 4 & 15;
        int upper = unsignedByte(data, scales + 8 + index % 4) >> index / 4 * 2 & 3;
        return lower | upper << 4;
    }

    /**
     * Q4_K: d, dmin, 8 scales and 8 minimums of 6 bits in 12 bytes, 128 bytes of 4-bit numbers.
     * Value: {@code d · scale · q - dmin · minimum}, sub-blocks of 32.
     */
    static void q4(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        float dmin = half(data, at + 2);
        for (int i = 0; i < VALUES; i += 32) {
            float dl = d * scale(data, at + 4, i / 32);
            float ml = dmin * minimum(data, at + 4, i / 32);
            int quants = at + 16 + i / 64 * 32;
            int shift = i / 32 % 2 * 4;
            for (int l = 0; l < 32; l++) {
                int q = unsignedByte(data, quants + l) >> shift & 15;
                out[offset + i + l] = dl * q - ml;
            }
        }
    }

    /** Q5_K: as Q4_K, with 32 bytes of fifth bits between the scales and the lower bits. */
    static void q5(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        float dmin = half(data, at + 2);
        for (int i = 0; i < VALUES; i += 32) {
            float dl = d * scale(data, at + 4, i / 32);
            float ml = dmin * minimum(data, at + 4, i / 32);
            int quants = at + 48 + i / 64 * 32;
            int shift = i / 32 % 2 * 4;
            for (int l = 0; l < 32; l++) {
                int upper = unsignedByte(data, at + 16 + l) >> i / 32 & 1;
                int q = unsignedByte(data, quants + l) >> shift & 15;
                out[offset + i + l] = dl * (q + 16 * upper) - ml;
            }
        }
    }

    /** The scale of a sub-block of Q4_K or Q5_K. */
    private static int scale(byte[] data, int scales, int index) {
        if (index < 4) {
            return unsignedByte(data, scales + index) & 63;
        }
        return unsignedByte(data, scales + index + 4) & 15
                | unsignedByte(data, scales + index - 4) >> 6 << 4;
    }

    /** The minimum of a sub-block of Q4_K or Q5_K. */
    private static int minimum(byte[] data, int scales, int index) {
        if (index < 4) {
            return unsignedByte(data, scales + index + 4) & 63;
        }
        return unsignedByte(data, scales + index + 4) >> 4
                | unsignedByte(data, scales + index) >> 6 << 4;
    }

    /**
     * Q6_K: 128 bytes of 4 lower bits, 64 bytes of 2 upper bits, 16 signed scales, d. Value: {@code
     * d · scale · (q - 32)}, sub-blocks of 16.
     */
    static void q6(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at + 208);
        for (int i = 0; i < VALUES; i += 16) {
            float dl = d * signedByte(data, at + 192 + i / 16);
            int quarter = i % 128 / 32;
            int lowers = at + i / 128 * 64 + quarter % 2 * 32 + i % 32;
            int uppers = at + 128 + i / 128 * 32 + i % 32;
            int lowerShift = quarter / 2 * 4;
            int upperShift = quarter * 2;
            for (int l = 0; l < 16; l++) {
                int lower = unsignedByte(data, lowers + l) >> lowerShift & 15;
                int upper = unsignedByte(data, uppers + l) >> upperShift & 3;
                out[offset + i + l] = dl * ((lower | upper << 4) - 32);
            }
        }
    }
}
