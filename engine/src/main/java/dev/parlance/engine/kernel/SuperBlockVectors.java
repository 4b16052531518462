package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.LinearBlockVectors.half;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Vector versions of the "K" types; their layouts are told with the scalar definitions. */
final class SuperBlockVectors {
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_64;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_256;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_256;
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int VALUES = 256;

    private SuperBlockVectors() {}

    static void q2(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 84;
            float d = half(bytes, at + 80);
            float dmin = half(bytes, at + 82);
            for (int i = 0; i < VALUES; i += 16) {
                int scale = bytes[at + i / 16];
                float dl = d * (scale & 15);
                float ml = dmin * (scale >> 4 & 15);
                int quants = at + 16 + i / 128 * 32 + i % 32;
                q2Part(bytes, quants, i % 128 / 32 * 2, dl, ml, out, offset + b * VALUES + i);
            }
        }
    }

    private static void q2Part(
            byte[] bytes, int quants, int shift, float d, float m, float[] out, int to) {
        for (int j = 0; j < 16; j += 8) {
            IntVector q = (IntVector) ByteVector.fromArray(B, bytes, quants + j).castShape(I, 0);
            FloatVector v = (FloatVector) q.lanewise(LSHR, shift).and(3).convert(I2F, 0);
            v.mul(d).sub(m).intoArray(out, to + j);
        }
    }

    static void q3(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 110;
            float d = half(bytes, at + 108);
            for (int i = 0; i < VALUES; i += 16) {
                int lower = bytes[at + 96 + i / 16 % 8] >> i / 128 * 4 & 15;
                int upper = bytes[at + 104 + i / 16 % 4] >> i / 64 * 2 & 3;
                float dl = d * ((lower | upper << 4) - 32);
                q3Part(bytes, at, i, dl, out, offset + b * VALUES + i);
            }
        }
    }

    private static void q3Part(byte[] bytes, int at, int i, float d, float[] out, int to) {
        int masks = at + i % 32;
        int quants = at + 32 + i / 128 * 32 + i % 32;
        int shift = i % 128 / 32 * 2;
        for (int j = 0; j < 16; j += 8) {
            IntVector q = (IntVector) ByteVector.fromArray(B, bytes, quants + j).castShape(I, 0);
            IntVector m = (IntVector) ByteVector.fromArray(B, bytes, masks + j).castShape(I, 0);
            IntVector lower = q.lanewise(LSHR, shift).and(3);
            IntVector upper = m.lanewise(LSHR, i / 32).and(1).lanewise(LSHL, 2);
            FloatVector v = (FloatVector) lower.or(upper).sub(4).convert(I2F, 0);
            v.mul(d).intoArray(out, to + j);
        }
    }

    static void q4(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 144;
            float d = half(bytes, at);
            float dmin = half(bytes, at + 2);
            long scales = scales(bytes, at + 4);
            long minimums = minimums(bytes, at + 4);
            for (int pair = 0; pair < 4; pair++) {
                float d0 = d * ((int) (scales >>> 16 * pair) & 63);
                float m0 = dmin * ((int) (minimums >>> 16 * pair) & 63);
                float d1 = d * ((int) (scales >>> 16 * pair + 8) & 63);
                float m1 = dmin * ((int) (minimums >>> 16 * pair + 8) & 63);
                int quants = at + 16 + pair * 32;
                q4Pair(bytes, quants, d0, m0, d1, m1, out, offset + b * VALUES + pair * 64);
            }
        }
    }

    private static void q4Pair(
            byte[] bytes, int at, float d0, float m0, float d1, float m1, float[] out, int to) {
        for (int j = 0; j < 32; j += 8) {
            IntVector q = (IntVector) ByteVector.fromArray(B, bytes, at + j).castShape(I, 0);
            FloatVector lower = (FloatVector) q.and(15).convert(I2F, 0);
            FloatVector upper = (FloatVector) q.lanewise(LSHR, 4).and(15).convert(I2F, 0);
            lower.mul(d0).sub(m0).intoArray(out, to + j);
            upper.mul(d1).sub(m1).intoArray(out, to + j + 32);
        }
    }

    static void q5(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 176;
            float d = half(bytes, at);
            float dmin = half(bytes, at + 2);
            long scales = scales(bytes, at + 4);
            long minimums = minimums(bytes, at + 4);
            for (int i = 0; i < 8; i++) {
                float dl = d * ((int) (scales >>> 8 * i) & 63);
                float ml = dmin * ((int) (minimums >>> 8 * i) & 63);
                q5Part(bytes, at, i, dl, ml, out, offset + b * VALUES + i * 32);
            }
        }
    }

    private static void q5Part(
            byte[] bytes, int at, int index, float d, float m, float[] out, int to) {
        int quants = at + 48 + index / 2 * 32;
        int shift = index % 2 * 4;
        for (int j = 0; j < 32; j += 8) {
            IntVector lower =
                    (IntVector) ByteVector.fromArray(B, bytes, quants + j).castShape(I, 0);
            IntVector upper =
                    (IntVector) ByteVector.fromArray(B, bytes, at + 16 + j).castShape(I, 0);
            IntVector q =
                    lower.lanewise(LSHR, shift)
                            .and(15)
                            .or(upper.lanewise(LSHR, index).and(1).lanewise(LSHL, 4));
            ((FloatVector) q.convert(I2F, 0)).mul(d).sub(m).intoArray(out, to + j);
        }
    }

    /** The eight 6-bit scales of Q4_K and Q5_K, one in each byte. */
    private static long scales(byte[] bytes, int at) {
        long first = (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
        long third = (int) INT.get(bytes, at + 8) & 0xFFFF_FFFFL;
        return first & 0x3F3F_3F3F | (third & 0x0F0F_0F0F | first >> 2 & 0x3030_3030) << 32;
    }

    /** The eight 6-bit minimums of Q4_K and Q5_K, one in each byte. */
    private static long minimums(byte[] bytes, int at) {
        long second = (int) INT.get(bytes, at + 4) & 0xFFFF_FFFFL;
        long third = (int) INT.get(bytes, at + 8) & 0xFFFF_FFFFL;
        return second & 0x3F3F_3F3F | (third >> 4 & 0x0F0F_0F0F | second >> 2 & 0x3030_3030) << 32;
    }

    static void q6(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 210;
            float d = half(bytes, at + 208);
            for (int half = 0; half < 2; half++) {
                int to = offset + b * VALUES + half * 128;
                q6Half(
                        bytes,
                        at + half * 64,
                        at + 128 + half * 32,
                        at + 192 + half * 8,
                        d,
                        out,
                        to);
            }
        }
    }

    private static void q6Half(
            byte[] bytes, int lowers, int uppers, int scales, float d, float[] out, int to) {
        for (int j = 0; j < 32; j += 8) {
            int scale = scales + j / 16;
            IntVector q = (IntVector) ByteVector.fromArray(B, bytes, lowers + j).castShape(I, 0);
            IntVector u = (IntVector) ByteVector.fromArray(B, bytes, uppers + j).castShape(I, 0);
            IntVector v = q.and(15).or(u.and(3).lanewise(LSHL, 4)).sub(32);
            ((FloatVector) v.convert(I2F, 0)).mul(d * bytes[scale]).intoArray(out, to + j);
            v = q.lanewise(LSHR, 4).and(15).or(u.and(48)).sub(32);
            ((FloatVector) v.convert(I2F, 0)).mul(d * bytes[scale + 4]).intoArray(out, to + j + 64);
            q = (IntVector) ByteVector.fromArray(B, bytes, lowers + 32 + j).castShape(I, 0);
            v = q.and(15).or(u.and(12).lanewise(LSHL, 2)).sub(32);
            ((FloatVector) v.convert(I2F, 0)).mul(d * bytes[scale + 2]).intoArray(out, to + j + 32);
            v = q.lanewise(LSHR, 4).and(15).or(u.and(0xC0).lanewise(LSHR, 2)).sub(32);
            ((FloatVector) v.convert(I2F, 0)).mul(d * bytes[scale + 6]).intoArray(out, to + j + 96);
        }
    }
}
