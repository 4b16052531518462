package dev.parlance.engine.kernel;

/**
 * Working memory of one thread of the pool during a multiplication; together it fits the first
 * level cache nearly.
 */
final class Scratch {
    /** Columns that are dequantised at once: a multiple of every type's block length. */
    static final int CHUNK = 512;

    /** Rows that are dequantised at once. */
    static final int PANEL_ROWS = 8;

    /**
     * Floats from one panel row to the next; the extra keeps rows out of each other's cache set.
     */
    static final int PANEL_STRIDE = CHUNK + 16;

    /** Input vectors that are multiplied with one panel. */
    static final int TOKENS = 64;

    /** Floats from one input vector's partial sums to the next. */
    static final int SUMS_STRIDE = PANEL_ROWS * ScalarKernels.LANES;

    /** Dequantised weights. */
    final float[] panel = new float[PANEL_ROWS * PANEL_STRIDE];

    /** Partial sums, per input vector, per row. */
    final float[] sums = new float[TOKENS * SUMS_STRIDE];

    /** Stored bytes of a chunk of one row. */
    final byte[] bytes = new byte[2 * CHUNK];

    /** Stored 16-bit numbers of a chunk of one row. */
    final short[] shorts = new short[CHUNK];
}
