package dev.parlance.engine.kernel;

import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/** Widens stored 16-bit floats. */
final class FloatVectors {
    private static final VectorSpecies<Short> S = ShortVector.SPECIES_128;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_256;
    private static final int LANES = FloatVector.SPECIES_256.length();

    private FloatVectors() {}

    /** Plain Java: C2 turns this loop into vector conversions, which the Vector API lacks. */
    static void f16(short[] in, int length, float[] out, int offset) {
        for (int i = 0; i < length; i++) {
            out[offset + i] = Float.float16ToFloat(in[i]);
        }
    }

    static void bf16(short[] in, int length, float[] out, int offset) {
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            IntVector wide = (IntVector) ShortVector.fromArray(S, in, i).castShape(I, 0);
            wide.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(out, offset + i);
        }
        for (; i < length; i++) {
            out[offset + i] = Float.intBitsToFloat(in[i] << 16);
        }
    }
}
