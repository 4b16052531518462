package dev.parlance.engine.tensor;

import static dev.parlance.engine.tensor.StoredNumbers.half;
import static dev.parlance.engine.tensor.StoredNumbers.unsignedByte;

/** Blocks of 256 values that are -d, 0 or d. */
final class TernaryBlocks {
    private TernaryBlocks() {}

    /**
     * TQ1_0: base-3 digits, five to a byte: 32 bytes, then 16 bytes, then 4 bytes with four digits,
     * then d. A byte is the digits' fraction of one, {@code 0.abcde} in base 3, times 256 and
     * rounded up; so multiplying by 3 pushes out the first digit.
     */
    static void tq1(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at + 52);
        digits(data, at, 32, 5, d, out, offset);
        digits(data, at + 32, 16, 5, d, out, offset + 160);
        digits(data, at + 48, 4, 4, d, out, offset + 240);
    }

    private static void digits(
            byte[] data, int at, int bytes, int perByte, float d, float[] out, int offset) {
        int power = 1;
        for (int n = 0; n < perByte; n++) {
            for (int m = 0; m < bytes; m++) {
                int fraction = unsignedByte(data, at + m) * power & 0xFF;
                out[offset + n * bytes + m] = ((fraction * 3 >> 8) - 1) * d;
            }
            power *= 3;
        }
    }

    /** TQ2_0: 64 bytes of four 2-bit numbers, then d; values are 1 less than stored. */
    static void tq2(byte[] data, int at, float[] out, int offset) {
        float d = half(data, at + 64);
        for (int i = 0; i < 256; i++) {
            int q = unsignedByte(data, at + i / 128 * 32 + i % 32) >> i % 128 / 32 * 2 & 3;
            out[offset + i] = (q - 1) * d;
        }
    }
}
