package dev.parlance.engine.kernel;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import java.nio.ByteOrder;

/**
 * The registers that all kernels use: the widest of the machine, up to 512 bits. One width for all,
 * because the classes of two widths share their methods' profiles, and then C2 compiles longer
 * loops of either with a choice of both, which leaves vectors as objects.
 */
final class Lanes {
    private static final VectorShape SHAPE =
            VectorShape.forBitSize(Math.min(512, VectorShape.preferredShape().vectorBitSize()));

    static final VectorSpecies<Float> F = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, SHAPE);

    /** Halves of words: twice {@link #COUNT} of them. */
    static final VectorSpecies<Short> S = VectorSpecies.of(short.class, SHAPE);

    /** How many numbers a register holds: 4, 8 or 16. */
    static final int COUNT = F.length();

    /** Bytes of a register. */
    static final int BYTES = COUNT * Float.BYTES;

    /** Rows of a strand of a {@link PackedMatrix}. */
    static final int STRAND_ROWS = PackedMatrix.STRAND_REGISTERS * COUNT;

    /** Bytes from a code's word of a row to its next. */
    static final int WORD_BYTES = STRAND_ROWS * Integer.BYTES;

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Lanes() {}

    /**
     * Bytes from a code's word of a group's first row to that of another.
     *
     * @param row the first of a register
     * @param strand bytes from a strand to the next
     */
    static long bytesTo(int row, long strand) {
        return row / STRAND_ROWS * strand + row % STRAND_ROWS * Integer.BYTES;
    }
}
