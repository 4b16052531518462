package dev.parlance.engine.tensor;

/** A fixed list of 16 values, which 4-bit indexes stand for. */
public enum Codebook {
    /** ggml-common.h {@code kvalues_iq4nl}: denser around zero, as weights are. */
    NON_LINEAR(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113),

    /** Twice the values of the 4-bit float E2M1 of the OCP microscaling formats; -0 is stored 0. */
    E2M1_TWICE(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    private final int[] values;

    Codebook(int... values) {
        this.values = values;
    }

    /** A value, which fits a signed byte. */
    public int get(int index) {
        return values[index];
    }
}
