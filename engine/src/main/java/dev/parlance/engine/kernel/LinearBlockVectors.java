package dev.parlance.engine.kernel;

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

/** Vector versions of the types of 32 values with one scale, and maybe one minimum. */
final class LinearBlockVectors {
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_64;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_256;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_256;
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int[] POSITIONS = {0, 1, 2, 3, 4, 5, 6, 7};

    private LinearBlockVectors() {}

    /** The half-precision number at a byte. */
    static float half(byte[] bytes, int at) {
        return Float.float16ToFloat((short) SHORT.get(bytes, at));
    }

    static void q8(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 34;
            FloatVector d = FloatVector.broadcast(F, half(bytes, at));
            for (int j = 0; j < 32; j += 8) {
                ByteVector q = ByteVector.fromArray(B, bytes, at + 2 + j);
                ((FloatVector) q.castShape(F, 0)).mul(d).intoArray(out, offset + b * 32 + j);
            }
        }
    }

    static void q4(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 18;
            FloatVector d = FloatVector.broadcast(F, half(bytes, at));
            for (int j = 0; j < 16; j += 8) {
                IntVector q =
                        (IntVector) ByteVector.fromArray(B, bytes, at + 2 + j).castShape(I, 0);
                IntVector lower = q.and(15).sub(8);
                IntVector upper = q.lanewise(LSHR, 4).and(15).sub(8);
                int to = offset + b * 32 + j;
                ((FloatVector) lower.convert(I2F, 0)).mul(d).intoArray(out, to);
                ((FloatVector) upper.convert(I2F, 0)).mul(d).intoArray(out, to + 16);
            }
        }
    }

    static void q4WithMinimum(byte[] bytes, int blocks, float[] out, int offset) {
        for (int b = 0; b < blocks; b++) {
            int at = b * 20;
            FloatVector d = FloatVector.broadcast(F, half(bytes, at));
            FloatVector m = FloatVector.broadcast(F, half(bytes, at + 2));
            for (int j = 0; j < 16; j += 8) {
                IntVector q =
                        (IntVector) ByteVector.fromArray(B, bytes, at + 4 + j).castShape(I, 0);
                FloatVector lower = (FloatVector) q.and(15).convert(I2F, 0);
                FloatVector upper = (FloatVector) q.lanewise(LSHR, 4).and(15).convert(I2F, 0);
                int to = offset + b * 32 + j;
                lower.mul(d).add(m).intoArray(out, to);
                upper.mul(d).add(m).intoArray(out, to + 16);
            }
        }
    }

    static void q5(byte[] bytes, int blocks, float[] out, int offset) {
        IntVector positions = IntVector.fromArray(I, POSITIONS, 0);
        for (int b = 0; b < blocks; b++) {
            int at = b * 22;
            FloatVector d = FloatVector.broadcast(F, half(bytes, at));
            int fifths = (int) INT.get(bytes, at + 2);
            for (int j = 0; j < 16; j += 8) {
                IntVector q =
                        (IntVector) ByteVector.fromArray(B, bytes, at + 6 + j).castShape(I, 0);
                IntVector fifth = IntVector.broadcast(I, fifths >>> j).lanewise(LSHR, positions);
                IntVector lower = q.and(15).or(fifth.and(1).lanewise(LSHL, 4)).sub(16);
                fifth = IntVector.broadcast(I, fifths >>> j + 16).lanewise(LSHR, positions);
                IntVector upper = q.lanewise(LSHR, 4).and(15);
                upper = upper.or(fifth.and(1).lanewise(LSHL, 4)).sub(16);
                int to = offset + b * 32 + j;
                ((FloatVector) lower.convert(I2F, 0)).mul(d).intoArray(out, to);
                ((FloatVector) upper.convert(I2F, 0)).mul(d).intoArray(out, to + 16);
            }
        }
    }

    static void q5WithMinimum(byte[] bytes, int blocks, float[] out, int offset) {
        IntVector positions = IntVector.fromArray(I, POSITIONS, 0);
        for (int b = 0; b < blocks; b++) {
            int at = b * 24;
            FloatVector d = FloatVector.broadcast(F, half(bytes, at));
            FloatVector m = FloatVector.broadcast(F, half(bytes, at + 2));
            int fifths = (int) INT.get(bytes, at + 4);
            for (int j = 0; j < 16; j += 8) {
                IntVector q =
                        (IntVector) ByteVector.fromArray(B, bytes, at + 8 + j).castShape(I, 0);
                IntVector fifth = IntVector.broadcast(I, fifths >>> j).lanewise(LSHR, positions);
                IntVector lower = q.and(15).or(fifth.and(1).lanewise(LSHL, 4));
                fifth = IntVector.broadcast(I, fifths >>> j + 16).lanewise(LSHR, positions);
                IntVector upper = q.lanewise(LSHR, 4).and(15);
                upper = upper.or(fifth.and(1).lanewise(LSHL, 4));
                int to = offset + b * 32 + j;
                ((FloatVector) lower.convert(I2F, 0)).mul(d).add(m).intoArray(out, to);
                ((FloatVector) upper.convert(I2F, 0)).mul(d).add(m).intoArray(out, to + 16);
            }
        }
    }
}
