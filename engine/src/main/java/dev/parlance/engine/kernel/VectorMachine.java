package dev.parlance.engine.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * What the Vector API says of this machine. Kept apart so that asking loads the module's classes.
 */
final class VectorMachine {
    private VectorMachine() {}

    /** The width of the float registers that Java prefers here. */
    static int floatBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
}
