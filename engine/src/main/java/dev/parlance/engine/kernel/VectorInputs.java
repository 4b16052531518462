package dev.parlance.engine.kernel;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * What {@link ScalarInputs} does. The shortest blocks fill a register, and half of one does not
 * fill the widest. The order of whole numbers does not matter, nor that of a maximum.
 */
final class VectorInputs implements PreparedInputs.Functions {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
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
            greatest = FloatVector.fromArray(F, x, i).abs().max(greatest);
        }
        return greatest.reduceLanes(MAX);
    }

    @Override
    public int quantise(float[] x, int offset, float factor, int[] pairs, int to, int length) {
        int half = length / 2;
        // Whole numbers that live through a loop would sometimes become objects, so these are
        // floats;
        // and what comes around is never the one whose method is called, since C2 does not know its
        // class for sure.
        FloatVector lowers = FloatVector.zero(F);
        FloatVector uppers = FloatVector.zero(F);
        VectorMask<Float> used = F.indexInRange(0, half);
        VectorMask<Integer> usedWords = I.indexInRange(0, half);
        for (int i = 0; i < half; i += L) {
            FloatVector lower = FloatVector.fromArray(F, x, offset + i, used);
            lower = lower.mul(factor).add(WHOLE);
            FloatVector upper = FloatVector.fromArray(F, x, offset + half + i, used);
            upper = upper.mul(factor).add(WHOLE);
            lowers = lower.sub(WHOLE).add(lowers);
            uppers = upper.sub(WHOLE).add(uppers);
            IntVector lowerBits = lower.reinterpretAsInts().and(0xFFFF);
            upper.reinterpretAsInts()
                    .lanewise(LSHL, 16)
                    .or(lowerBits)
                    .intoArray(pairs, to + i, usedWords);
        }
        return QuantisedInputs.pair((int) lowers.reduceLanes(ADD), (int) uppers.reduceLanes(ADD));
    }
}
