package dev.parlance.engine.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of single elements, with the roundings of {@link ScalarKernels} and {@link
 * FloatFunctions}. One small loop each: vectors must not cross method borders.
 */
final class VectorFunctions {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int LANES = Lanes.COUNT;

    private VectorFunctions() {}

    static void addScaled(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        FloatVector factor = FloatVector.broadcast(F, alpha);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, xOffset + i);
            factor.fma(v, FloatVector.fromArray(F, y, yOffset + i)).intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] = Math.fma(alpha, x[xOffset + i], y[yOffset + i]);
        }
    }

    /** {@code out[i] = x[i] · scale · weight[i]}. */
    static void scaleBy(
            float[] x,
            int xOffset,
            float scale,
            float[] weight,
            float[] out,
            int outOffset,
            int length) {
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector.fromArray(F, x, xOffset + i)
                    .mul(scale)
                    .mul(FloatVector.fromArray(F, weight, i))
                    .intoArray(out, outOffset + i);
        }
        for (; i < length; i++) {
            out[outOffset + i] = x[xOffset + i] * scale * weight[i];
        }
    }

    /** {@code out[i] = (x[i] - mean) · scale · weight[i] + bias[i]}. */
    static void centre(
            float[] x,
            int xOffset,
            float mean,
            float scale,
            float[] weight,
            float[] bias,
            float[] out,
            int outOffset,
            int length) {
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector w = FloatVector.fromArray(F, weight, i);
            FloatVector b = FloatVector.fromArray(F, bias, i);
            FloatVector v = FloatVector.fromArray(F, x, xOffset + i).sub(mean).mul(scale);
            v.fma(w, b).intoArray(out, outOffset + i);
        }
        for (; i < length; i++) {
            out[outOffset + i] = Math.fma((x[xOffset + i] - mean) * scale, weight[i], bias[i]);
        }
    }

    /**
     * {@code x[i] = e^(x[i] - subtrahend)}.
     *
     * @return their sum, in the order of {@link ScalarKernels}
     */
    static float expOfDifference(float[] x, int offset, float subtrahend, int length) {
        FloatVector one = FloatVector.broadcast(F, 1);
        FloatVector log2 = FloatVector.broadcast(F, FloatFunctions.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(F, FloatFunctions.ROUNDER);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, offset + i).sub(subtrahend);
            FloatVector rounded = v.fma(log2, rounder);
            FloatVector n = rounded.sub(rounder);
            FloatVector r = n.fma(FloatVector.broadcast(F, -FloatFunctions.LN2_UPPER), v);
            r = n.fma(FloatVector.broadcast(F, -FloatFunctions.LN2_LOWER), r);
            FloatVector p = FloatVector.broadcast(F, FloatFunctions.C7);
            p = p.fma(r, FloatVector.broadcast(F, FloatFunctions.C6));
            p = p.fma(r, FloatVector.broadcast(F, FloatFunctions.C5));
            p = p.fma(r, FloatVector.broadcast(F, FloatFunctions.C4));
            p = p.fma(r, FloatVector.broadcast(F, FloatFunctions.C3));
            p = p.fma(r, FloatVector.broadcast(F, FloatFunctions.C2));
            p = p.fma(r, one).fma(r, one);
            FloatVector power =
                    rounded.reinterpretAsInts().add(126).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector result =
                    p.mul(power)
                            .mul(2)
                            .blend(0, v.compare(LT, FloatFunctions.EXP_MIN))
                            .blend(Float.POSITIVE_INFINITY, v.compare(GT, FloatFunctions.EXP_MAX));
            result.intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] = FloatFunctions.exp(x[offset + i] - subtrahend);
        }
        return VectorSums.sum(x, offset, length);
    }

    static void scale(float factor, float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] *= factor;
        }
    }

    /** The power of e that tanh is made of: {@code -2 |x[i] / cap|}. */
    static void tanhExponents(float[] x, int offset, float cap, float[] out, int length) {
        for (int i = 0; i < length; i++) {
            out[i] = -2 * Math.abs(x[offset + i] / cap);
        }
    }

    /** {@code x[i] = cap · (1 - decays[i]) / (1 + decays[i])}, with the sign of x[i]. */
    static void tanhOfDecays(float[] x, int offset, float cap, float[] decays, int length) {
        FloatVector one = FloatVector.broadcast(F, 1);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector decay = FloatVector.fromArray(F, decays, i);
            FloatVector tanh = one.sub(decay).div(one.add(decay));
            IntVector sign =
                    FloatVector.fromArray(F, x, offset + i)
                            .reinterpretAsInts()
                            .and(Integer.MIN_VALUE);
            tanh.reinterpretAsInts()
                    .or(sign)
                    .reinterpretAsFloats()
                    .mul(cap)
                    .intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            float tanh = (1 - decays[i]) / (1 + decays[i]);
            x[offset + i] = cap * Math.copySign(tanh, x[offset + i]);
        }
    }

    static void divide(float[] x, int offset, float divisor, int length) {
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector.fromArray(F, x, offset + i).div(divisor).intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] /= divisor;
        }
    }

    /** {@code out[i] = -x[i]}. */
    static void negate(float[] x, int offset, float[] out, int length) {
        for (int i = 0; i < length; i++) {
            out[i] = -x[offset + i];
        }
    }

    /** The power of e that GELU divides by, less one: {@code -2 · tanh's argument}. */
    static void geluExponents(float[] x, int offset, float[] out, int length) {
        FloatVector cubic = FloatVector.broadcast(F, FloatFunctions.GELU_CUBIC);
        FloatVector linear = FloatVector.broadcast(F, FloatFunctions.GELU_LINEAR);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, offset + i);
            v.mul(v.mul(v).fma(cubic, linear)).neg().intoArray(out, i);
        }
        for (; i < length; i++) {
            float v = x[offset + i];
            out[i] = -(v * Math.fma(v * v, FloatFunctions.GELU_CUBIC, FloatFunctions.GELU_LINEAR));
        }
    }

    /** {@code x[i] = x[i] / (1 + powers[i])}. */
    static void logistic(float[] x, int offset, float[] powers, int length) {
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            FloatVector divisor = FloatVector.fromArray(F, powers, i).add(1);
            FloatVector.fromArray(F, x, offset + i).div(divisor).intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] /= 1 + powers[i];
        }
    }

    /** {@code x[i] = x[i] · y[i]}. */
    static void multiply(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            x[xOffset + i] *= y[yOffset + i];
        }
    }
}
