package dev.parlance.engine.tensor;

import static dev.parlance.engine.tensor.StoredNumbers.half;
import static dev.parlance.engine.tensor.StoredNumbers.unsignedByte;
import static dev.parlance.engine.tensor.StoredNumbers.unsignedShort;

/**
 * Blocks of 4-bit indexes into a fixed list of 16 values, times a scale. Lower bits are the first
 * half of 32 values, upper bits the second.
 */
final class CodebookBlocks {
    private CodebookBlocks() {}

    /** IQ4_NL: d, 16 bytes of indexes. */
    static void iq4Nl(byte[] data, int at, float[] out, int offset) {
        indexed(data, at + 2, Codebook.NON_LINEAR, half(data, at), out, offset);
    }

    /**
     * IQ4_XS: d, the 2 upper bits of 8 scales, the 4 lower bits of 8 scales, 128 bytes of indexes;
     * sub-blocks of 32 with the scale {@code d · (scale - 32)}.
     */
    static void iq4Xs(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at);
        int uppers = unsignedShort(data, at + 2);
        for (int i = 0; i < 8; i++) {
            int lower = unsignedByte(data, at + 4 + i / 2) >> i % 2 * 4 & 15;
            int upper = uppers >> 2 * i & 3;
            float dl = d * ((lower | upper << 4) - 32);
            indexed(data, at + 8 + i * 16, Codebook.NON_LINEAR, dl, out, offset + i * 32);
        }
    }

    /** MXFP4: a power of two as its biased exponent, 16 bytes of 4-bit floats. */
    static void mxfp4(byte[] data, int at, float[] out, int offset) {
        // One less than the exponent's bias of 127 says, because the list holds twice the values.
        float d = Math.scalb(1f, unsignedByte(data, at) - 128);
        indexed(data, at + 1, Codebook.E2M1_TWICE, d, out, offset);
    }

    private static void indexed(
            byte[] data, int at, Codebook values, float d, float[] out, int offset) {
        for (int j = 0; j < 16; j++) {
            int q = unsignedByte(data, at + j);
            out[offset + j] = d * values.get(q & 15);
            out[offset + j + 16] = d * values.get(q >> 4);
        }
    }
}
