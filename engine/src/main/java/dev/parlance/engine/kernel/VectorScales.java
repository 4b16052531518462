package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Computes scales as {@link Scales} does. Only those with factors need the Vector API; C2 turns the
 * plain loops of the others into vector instructions.
 */
final class VectorScales {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final int L = Lanes.COUNT;

    private VectorScales() {}

    static void expand(WeightLayout layout, ScaleBuffer buffer, int cols) {
        int blocks = layout.blocks(cols);
        switch (layout.scales()) {
            case FACTORED -> {
                Scales.widen(buffer.halves, 0, GROUP_ROWS, buffer.bases);
                factored(buffer, blocks, -(layout.codes().offset + layout.centre()));
            }
            case FACTORED_WITH_MINIMUM -> {
                Scales.widen(buffer.halves, 0, 2 * GROUP_ROWS, buffer.bases);
                withMinimum(buffer, blocks, layout.codes().offset);
            }
            case NONE, CENTRED, WITH_MINIMUM, POWER -> layout.expand(buffer, cols);
        }
    }

    /** {@code blocks} is a multiple of 4. */
    private static void factored(ScaleBuffer buffer, int blocks, float taken) {
        for (int row = 0; row < GROUP_ROWS; row += L) {
            FloatVector base = FloatVector.fromArray(F, buffer.bases, row);
            for (int block = 0; block < blocks; block += 4) {
                int at = block * GROUP_ROWS + row;
                IntVector factors =
                        IntVector.fromArray(I, buffer.factors, block / 4 * GROUP_ROWS + row);
                for (int n = 0; n < 4; n++) {
                    IntVector factor = factors.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                    FloatVector scale = base.mul((FloatVector) factor.convert(I2F, 0));
                    scale.intoArray(buffer.scales, at + n * GROUP_ROWS);
                    scale.mul(taken).intoArray(buffer.minimums, at + n * GROUP_ROWS);
                }
            }
        }
    }

    /** {@code blocks} is a multiple of 4. */
    private static void withMinimum(ScaleBuffer buffer, int blocks, float offset) {
        int second = blocks / 4 * GROUP_ROWS;
        for (int row = 0; row < GROUP_ROWS; row += L) {
            FloatVector base = FloatVector.fromArray(F, buffer.bases, row);
            FloatVector minimumBase = FloatVector.fromArray(F, buffer.bases, GROUP_ROWS + row);
            for (int block = 0; block < blocks; block += 4) {
                int at = block * GROUP_ROWS + row;
                int word = block / 4 * GROUP_ROWS + row;
                IntVector factors = IntVector.fromArray(I, buffer.factors, word);
                IntVector others = IntVector.fromArray(I, buffer.factors, second + word);
                for (int n = 0; n < 4; n++) {
                    IntVector factor = factors.lanewise(LSHR, 8 * n).and(0xFF);
                    FloatVector scale = base.mul((FloatVector) factor.convert(I2F, 0));
                    scale.intoArray(buffer.scales, at + n * GROUP_ROWS);
                    IntVector other = others.lanewise(LSHR, 8 * n).and(0xFF);
                    FloatVector minimum = minimumBase.mul((FloatVector) other.convert(I2F, 0));
                    minimum.neg()
                            .sub(scale.mul(offset))
                            .intoArray(buffer.minimums, at + n * GROUP_ROWS);
                }
            }
        }
    }
}
