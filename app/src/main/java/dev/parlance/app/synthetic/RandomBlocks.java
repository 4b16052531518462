package dev.parlance.app.synthetic;

import dev.parlance.engine.gguf.GgmlType;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Stored blocks of random weights around zero.
 *
 * <p>Every bit of a weight is random but for scales, which are chosen so that weights have about
 * the wanted spread. Source of the layouts: ggml-common.h, llama.cpp.
 */
final class RandomBlocks {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int CHUNK_VALUES = 1 << 16;

    private final SplittableRandom random;

    RandomBlocks(long seed) {
        random = new SplittableRandom(seed);
    }

    /**
     * Writes {@code values} weights, a multiple of the type's block.
     *
     * @param spread the standard deviation
     */
    void write(OutputStream out, GgmlType type, long values, double spread) throws IOException {
        byte[] chunk = new byte[Math.toIntExact(type.bytesOf(CHUNK_VALUES))];
        long left = type.bytesOf(values);
        while (left > 0) {
            random.nextBytes(chunk);
            for (int at = 0; at < chunk.length; at += type.blockBytes()) {
                shape(type, chunk, at, spread);
            }
            int length = (int) Math.min(left, chunk.length);
            out.write(chunk, 0, length);
            left -= length;
        }
    }

    /** Makes a block of random bytes one of weights. */
    private static void shape(GgmlType type, byte[] block, int at, double spread) {
        switch (type) {
            case F32 -> INTS.set(block, at, f32((int) INTS.get(block, at), spread));
            case F16 -> SHORTS.set(block, at, f16((short) SHORTS.get(block, at), spread));
            case Q8_0 -> half(block, at, spread / deviation(256));
            case Q4_0 -> half(block, at, spread / deviation(16));
            case Q4_K -> q4k(block, at, spread);
            case Q6_K -> q6k(block, at, spread);
            default -> throw new IllegalArgumentException("random weights have no type " + type);
        }
    }

    /** Standard deviation of a whole number out of {@code count} in a row. */
    private static double deviation(int count) {
        return Math.sqrt((count * (double) count - 1) / 12);
    }

    private static void half(byte[] block, int at, double value) {
        SHORTS.set(block, at, Float.floatToFloat16((float) value));
    }

    /*
     * Random sign and fraction, and the exponent of the spread: weights between one and two times a
     * power of two.
     */
    private static int f32(int bits, double spread) {
        return bits & 0x807F_FFFF | Float.floatToRawIntBits(powerOfTwo(spread)) & 0x7F80_0000;
    }

    private static short f16(short bits, double spread) {
        return (short) (bits & 0x83FF | Float.floatToFloat16(powerOfTwo(spread)) & 0x7C00);
    }

    private static float powerOfTwo(double spread) {
        return Math.scalb(1f, Math.getExponent(spread / 1.53));
    }

    /**
     * d, dmin, 12 bytes of 6-bit scales and minimums, 4-bit numbers. Value: {@code d · scale · q -
     * dmin · minimum}; with equal scale and minimum, and dmin 7.5 times d, the mean is zero.
     */
    private static void q4k(byte[] block, int at, double spread) {
        double d = spread / (deviation(16) * 40);
        half(block, at, d);
        half(block, at + 2, 7.5 * d);
        for (int i = 0; i < 4; i++) {
            // Scales 4 to 7 take their upper 2 bits from here, so one of 32 to 47 has bits 10.
            int early = block[at + 4 + i] & 15 | 0b10_10_0000;
            block[at + 4 + i] = (byte) early;
            block[at + 8 + i] = (byte) early;
            int late = block[at + 12 + i] & 15;
            block[at + 12 + i] = (byte) (late | late << 4);
        }
    }

    /** 4 lower bits, 2 upper bits, 16 signed scales, d. Value: {@code d · scale · (q - 32)}. */
    private static void q6k(byte[] block, int at, double spread) {
        for (int i = 0; i < 16; i++) {
            // Of either sign, and far enough from zero: 64 to 127, or -128 to -65.
            int scale = block[at + 192 + i];
            block[at + 192 + i] = (byte) (scale < 0 ? scale & ~0x40 : scale | 0x40);
        }
        half(block, at + 208, spread / (deviation(64) * 96));
    }
}
