package dev.parlance.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#rotate} with the roundings of {@link ScalarKernels}. */
final class VectorRotation {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int LANES = Lanes.COUNT;

    /** Each number of the lower, or the upper, half of a register twice. */
    private static final VectorShuffle<Float> LOWER = VectorShuffle.fromOp(F, i -> i / 2);

    private static final VectorShuffle<Float> UPPER =
            VectorShuffle.fromOp(F, i -> LANES / 2 + i / 2);

    private static final VectorShuffle<Float> SWAPPED = VectorShuffle.fromOp(F, i -> i ^ 1);

    /** What makes the difference of a pair's first number of the sum of its second. */
    private static final float[] SIGNS = signs();

    private VectorRotation() {}

    private static float[] signs() {
        float[] signs = new float[LANES];
        for (int i = 0; i < LANES; i++) {
            signs[i] = i % 2 == 0 ? -1 : 1;
        }
        return signs;
    }

    static void halves(
            float[] x, int offset, float[] cosines, float[] sines, int anglesOffset, int pairs) {
        int i = 0;
        for (; i + LANES <= pairs; i += LANES) {
            FloatVector cosine = FloatVector.fromArray(F, cosines, anglesOffset + i);
            FloatVector sine = FloatVector.fromArray(F, sines, anglesOffset + i);
            FloatVector a = FloatVector.fromArray(F, x, offset + i);
            FloatVector b = FloatVector.fromArray(F, x, offset + pairs + i);
            a.mul(cosine).sub(b.mul(sine)).intoArray(x, offset + i);
            b.mul(cosine).add(a.mul(sine)).intoArray(x, offset + pairs + i);
        }
        ScalarKernels.rotate(x, offset + i, 1, pairs, cosines, sines, anglesOffset + i, pairs - i);
    }

    static void adjacent(
            float[] x, int offset, float[] cosines, float[] sines, int anglesOffset, int pairs) {
        FloatVector signs = FloatVector.fromArray(F, SIGNS, 0);
        int i = 0;
        for (; i + LANES <= pairs; i += LANES) {
            FloatVector cosine = FloatVector.fromArray(F, cosines, anglesOffset + i);
            FloatVector sine = FloatVector.fromArray(F, sines, anglesOffset + i);
            int at = offset + 2 * i;
            FloatVector lower = FloatVector.fromArray(F, x, at);
            FloatVector turned = lower.rearrange(SWAPPED).mul(sine.rearrange(LOWER)).mul(signs);
            lower.mul(cosine.rearrange(LOWER)).add(turned).intoArray(x, at);
            FloatVector upper = FloatVector.fromArray(F, x, at + LANES);
            turned = upper.rearrange(SWAPPED).mul(sine.rearrange(UPPER)).mul(signs);
            upper.mul(cosine.rearrange(UPPER)).add(turned).intoArray(x, at + LANES);
        }
        ScalarKernels.rotate(x, offset + 2 * i, 2, 1, cosines, sines, anglesOffset + i, pairs - i);
    }
}
