package dev.parlance.engine.kernel;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * What {@link ScalarInputs} does. Half a block of the shortest fills a register of 256 bits, so
 * wider ones are not used; the order of whole numbers does not matter, nor that of a maximum.
 */
final class VectorInputs implements PreparedInputs.Functions {
    private static final VectorShape SHAPE =
            VectorShape.forBitSize(Math.min(256, Lanes.F.vectorBitSize()));

    private static final VectorSpecies<Float> F = VectorSpecies.of(float.class, SHAPE);
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, SHAPE);
    private static final int L = F.length();

    /**
     * Added to a number up to a million, it leaves no room for a fraction, so it rounds; the lower
     * 16 bits of the sum are those of the whole number.
     */
    private static final float WHOLE = 0x1.8p23f;

    @Override
    public float sum(float[] x, int offset, int length) {
        return VectorSums.sum(x, offset, length);
    }

    @Override
    public float greatest(float[] x, int offset, int length) {
        FloatVector greatest = FloatVector.zero(F);
        for (int i = offset; i < offset + length; i += L) {
            greatest = greatest.max(FloatVector.fromArray(F, x, i).abs());
        }
        return greatest.reduceLanes(MAX);
    }

    @Override
    public int quantise(float[] x, int offset, float factor, int[] pairs, int to, int length) {
        int half = length / 2;
        // Sums as floats: C2 sometimes keeps whole numbers that live through a loop as objects.
        FloatVector lowers = FloatVector.zero(F);
        FloatVector uppers = FloatVector.zero(F);
        for (int i = 0; i < half; i += L) {
            FloatVector lower = FloatVector.fromArray(F, x, offset + i).mul(factor).add(WHOLE);
            FloatVector upper = FloatVector.fromArray(F, x, offset + half + i);
            upper = upper.mul(factor).add(WHOLE);
            lowers = lowers.add(lower.sub(WHOLE));
            uppers = uppers.add(upper.sub(WHOLE));
            IntVector lowerBits = lower.reinterpretAsInts().and(0xFFFF);
            upper.reinterpretAsInts().lanewise(LSHL, 16).or(lowerBits).intoArray(pairs, to + i);
        }
        return QuantisedInputs.pair((int) lowers.reduceLanes(ADD), (int) uppers.reduceLanes(ADD));
    }
}
