package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** Expands what is kept of a chunk's codes as {@link Compaction} defines it. */
final class VectorExpansion {
    /**
     * No more than 256 bits, because not every CPU with wider registers looks bytes up in one: C2
     * would leave that to the Vector API's own loops.
     */
    private static final VectorShape LOOK_UP_SHAPE =
            VectorShape.forBitSize(Math.min(256, Lanes.F.vectorBitSize()));

    private static final VectorSpecies<Byte> B = VectorSpecies.of(byte.class, LOOK_UP_SHAPE);
    private static final int BYTES = B.length();
    private static final ByteOrder LE = Lanes.ORDER;

    private static final byte[] NON_LINEAR = Compaction.NON_LINEAR.table(BYTES);
    private static final byte[] E2M1 = Compaction.E2M1.table(BYTES);

    private VectorExpansion() {}

    /**
     * Has the chunk read its codes from {@code memory}, where they are written; nothing happens if
     * they are kept as they are.
     *
     * @param memory for {@link Codes#BYTES} of a whole chunk
     */
    static void expand(Compaction compaction, ChunkView chunk, MemorySegment memory) {
        if (compaction == Compaction.NONE) {
            return;
        }
        int words = chunk.codes.words(chunk.cols);
        long strand = (long) words * WORD_BYTES;
        for (int i = 0; i < GROUP_ROWS / Lanes.STRAND_ROWS; i++) {
            long at = chunk.codesAt + i * chunk.strand;
            long to = i * strand;
            switch (compaction) {
                case THREE_BITS -> threeBits(chunk.data, at, words, memory, to);
                case NON_LINEAR -> lookUp(chunk.data, at, words, memory, to, NON_LINEAR);
                case E2M1 -> lookUp(chunk.data, at, words, memory, to, E2M1);
                case NONE -> throw new IllegalStateException("there is nothing to expand");
            }
        }
        chunk.data = memory;
        chunk.codesAt = 0;
        chunk.strand = strand;
    }

    private static void threeBits(
            MemorySegment data, long at, int words, MemorySegment memory, long to) {
        for (int word = 0; word < words; word += 4) {
            for (int i = 0; i < WORD_BYTES; i += Lanes.BYTES) {
                IntVector uppers = IntVector.fromMemorySegment(Lanes.I, data, at + i, LE);
                IntVector first =
                        IntVector.fromMemorySegment(Lanes.I, data, at + i + WORD_BYTES, LE);
                IntVector third =
                        IntVector.fromMemorySegment(Lanes.I, data, at + i + 2 * WORD_BYTES, LE);
                first.and(0x7777_7777).intoMemorySegment(memory, to + i, LE);
                first.lanewise(LSHR, 3)
                        .and(0x1111_1111)
                        .or(uppers.lanewise(LSHL, 1).and(0x6666_6666))
                        .intoMemorySegment(memory, to + i + WORD_BYTES, LE);
                third.and(0x7777_7777).intoMemorySegment(memory, to + i + 2 * WORD_BYTES, LE);
                third.lanewise(LSHR, 3)
                        .and(0x1111_1111)
                        .or(uppers.lanewise(LSHR, 1).and(0x6666_6666))
                        .intoMemorySegment(memory, to + i + 3 * WORD_BYTES, LE);
            }
            at += 3 * WORD_BYTES;
            to += 4 * WORD_BYTES;
        }
    }

    private static void lookUp(
            MemorySegment data, long at, int words, MemorySegment memory, long to, byte[] bytes) {
        ByteVector table = ByteVector.fromArray(B, bytes, 0);
        for (int word = 0; word < words; word += 2) {
            for (int i = 0; i < WORD_BYTES; i += BYTES) {
                ByteVector indexes = ByteVector.fromMemorySegment(B, data, at + i, LE);
                indexes.and((byte) 0x0F).selectFrom(table).intoMemorySegment(memory, to + i, LE);
                indexes.lanewise(LSHR, 4)
                        .selectFrom(table)
                        .intoMemorySegment(memory, to + i + WORD_BYTES, LE);
            }
            at += WORD_BYTES;
            to += 2 * WORD_BYTES;
        }
    }
}
