package dev.parlance.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums in the order of {@link ScalarKernels}: lane l holds partial sum l. {@code reduceLanes} is
 * not used, because its order is not defined.
 */
final class VectorSums {
    /** Where no kernel for vectors is used, only tests of these sums need as many lanes. */
    private static final VectorSpecies<Float> F =
            Lanes.COUNT < ScalarKernels.LANES ? FloatVector.SPECIES_256 : Lanes.F;

    /** Of a wider register only so many are used, so that sums are the same everywhere. */
    private static final int LANES = ScalarKernels.LANES;

    private static final VectorMask<Float> USED = F.indexInRange(0, LANES);

    private VectorSums() {}

    static float product(float[] a, int aOffset, float[] b, int bOffset, int length) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, a, aOffset + i, USED);
            sums = v.fma(FloatVector.fromArray(F, b, bOffset + i, USED), sums);
        }
        if (i < length) {
            VectorMask<Float> rest = F.indexInRange(i, length);
            FloatVector v = FloatVector.fromArray(F, a, aOffset + i, rest);
            FloatVector added = v.fma(FloatVector.fromArray(F, b, bOffset + i, rest), sums);
            sums = sums.blend(added, rest);
        }
        return combine(
                sums.lane(0),
                sums.lane(1),
                sums.lane(2),
                sums.lane(3),
                sums.lane(4),
                sums.lane(5),
                sums.lane(6),
                sums.lane(7));
    }

    static float sum(float[] x, int offset, int length) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            sums = FloatVector.fromArray(F, x, offset + i, USED).add(sums);
        }
        if (i < length) {
            VectorMask<Float> rest = F.indexInRange(i, length);
            FloatVector added = sums.add(FloatVector.fromArray(F, x, offset + i, rest));
            sums = sums.blend(added, rest);
        }
        return combine(
                sums.lane(0),
                sums.lane(1),
                sums.lane(2),
                sums.lane(3),
                sums.lane(4),
                sums.lane(5),
                sums.lane(6),
                sums.lane(7));
    }

    /** {@code Σ (x[i] - mean)²}. */
    static float squaresAround(float mean, float[] x, int offset, int length) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector centred = FloatVector.fromArray(F, x, offset + i, USED).sub(mean);
            sums = centred.fma(centred, sums);
        }
        if (i < length) {
            VectorMask<Float> rest = F.indexInRange(i, length);
            FloatVector centred = FloatVector.fromArray(F, x, offset + i, rest).sub(mean);
            sums = sums.blend(centred.fma(centred, sums), rest);
        }
        return combine(
                sums.lane(0),
                sums.lane(1),
                sums.lane(2),
                sums.lane(3),
                sums.lane(4),
                sums.lane(5),
                sums.lane(6),
                sums.lane(7));
    }

    static float combine(
            float s0, float s1, float s2, float s3, float s4, float s5, float s6, float s7) {
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }

    /** Greatest of four registers, because one waits for the one before. */
    static float max(float[] x, int offset, int length) {
        FloatVector m0 = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        FloatVector m1 = m0;
        FloatVector m2 = m0;
        FloatVector m3 = m0;
        int i = 0;
        for (; i + 4 * F.length() <= length; i += 4 * F.length()) {
            m0 = m0.max(FloatVector.fromArray(F, x, offset + i));
            m1 = m1.max(FloatVector.fromArray(F, x, offset + i + F.length()));
            m2 = m2.max(FloatVector.fromArray(F, x, offset + i + 2 * F.length()));
            m3 = m3.max(FloatVector.fromArray(F, x, offset + i + 3 * F.length()));
        }
        for (; i + F.length() <= length; i += F.length()) {
            m0 = m0.max(FloatVector.fromArray(F, x, offset + i));
        }
        FloatVector max = m0.max(m1).max(m2.max(m3));
        float result = Float.NEGATIVE_INFINITY;
        for (int lane = 0; lane < F.length(); lane++) {
            result = Math.max(result, max.lane(lane));
        }
        for (; i < length; i++) {
            result = Math.max(result, x[offset + i]);
        }
        return result;
    }
}
