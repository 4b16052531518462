package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of one thread of the pool during a multiplication; fits its second level cache.
 */
final class Scratch {
    /** Input vectors that are multiplied with a group before the next ones. */
    static final int INPUTS = 256;

    /** Most rows whose values are unpacked: two of the widest registers. */
    private static final int PANEL_ROWS = 32;

    final ScaleBuffer scales = new ScaleBuffer();

    /** A part of a chunk, for the vector kernels. */
    final ChunkView chunk = new ChunkView();

    /**
     * The expanded codes of a chunk. Off the heap like those that need not be expanded, so that the
     * same compiled loops read both.
     */
    final MemorySegment expanded =
            Arena.ofAuto()
                    .allocate(
                            (long) Codes.BYTES.words(CHUNK_COLS) * GROUP_ROWS * Integer.BYTES, 64);

    /** Values of some rows of a chunk's codes; each kernel has an order of its own. */
    final float[] panel = new float[PANEL_ROWS * CHUNK_COLS];

    /** Codes of some rows of a chunk, two in a word. */
    final int[] shortPanel = new int[PANEL_ROWS * CHUNK_COLS];

    /** The sums of the rows, per input vector. */
    final float[] sums = new float[INPUTS * GROUP_ROWS];
}
