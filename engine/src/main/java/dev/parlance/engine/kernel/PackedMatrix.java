package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;

/**
 * A matrix as the kernels read it: the same numbers as in the file, moved so that rows lie side by
 * side and a vector register can hold one row per lane.
 *
 * <p>Layout: groups of {@value #GROUP_ROWS} rows, the last one filled up with zeros; a group is its
 * chunks of {@value #CHUNK_COLS} columns, the last one maybe shorter; a chunk is strands of {@value
 * #STRAND_REGISTERS} registers with a row per lane, as many as a kernel computes at once; a strand
 * is the words of its {@link Scales}, register by register, then those of its {@link Codes}, maybe
 * {@link Compaction compacted}, the first of all its registers, the second, and so on. So the loops
 * for one input read a group nearly from its first byte to its last, which the CPU sees through and
 * fetches ahead. Memory: off the Java heap, in an arena of the caller's, as several slabs of whole
 * groups. Threads: read-only once made.
 */
final class PackedMatrix {
    /** Rows of a group: four of the widest registers. */
    static final int GROUP_ROWS = 64;

    /** So that sums, each of which waits for its last addition, run side by side. */
    static final int STRAND_REGISTERS = 4;

    /** Columns of a chunk: the longest blocks have as many. */
    static final int CHUNK_COLS = 256;

    private static final int ALIGNMENT = 64;

    /**
     * A matrix is as many slabs at most, so that all threads take part in getting its memory, which
     * is cleared when it is allocated: a fourth of the work.
     */
    private static final int SLABS = 32;

    /** Smaller ones would only be more. */
    private static final int LEAST_SLAB_BYTES = 1 << 20;

    /** Chunks of a row that are read at once, to read long stretches and yet stay in the cache. */
    private static final int PART_CHUNKS = 16;

    private static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int rows;
    private final int cols;
    private final WeightLayout layout;
    private final int lanes;
    private final int chunks;
    private final int fullScaleWords;
    private final int fullWords;
    private final long groupBytes;
    private final int slabGroups;
    private final MemorySegment[] slabs;

    private PackedMatrix(int rows, int cols, WeightLayout layout, int lanes) {
        this.rows = rows;
        this.cols = cols;
        this.layout = layout;
        this.lanes = lanes;
        this.chunks = Math.ceilDiv(cols, CHUNK_COLS);
        this.fullScaleWords = layout.scaleWords(CHUNK_COLS);
        this.fullWords = layout.words(CHUNK_COLS);
        this.groupBytes = cols / CHUNK_COLS * bytesOf(fullWords) + bytesOf(restWords());
        this.slabGroups =
                Math.max(
                        Math.ceilDiv(groups(), SLABS),
                        (int) Math.ceilDiv(LEAST_SLAB_BYTES, groupBytes));
        this.slabs = new MemorySegment[Math.ceilDiv(groups(), slabGroups)];
    }

    /**
     * Packs a matrix, with all threads of the pool. The matrix is not needed afterwards.
     *
     * <p>Errors: {@link dev.parlance.engine.gguf.UnsupportedModelException} if there is no
     * arithmetic for its type.
     *
     * @param lanes words of a register; 4, 8 or 16
     * @param memory where the packed weights live; several threads allocate from it at once
     */
    static PackedMatrix of(Matrix matrix, int lanes, KernelPool pool, Arena memory) {
        WeightLayout layout = WeightLayout.of(matrix);
        PackedMatrix packed = new PackedMatrix(matrix.rows(), matrix.cols(), layout, lanes);
        pool.run(packed.slabs.length, (_, slab) -> packed.allocate(slab, memory));
        List<Packing> packings =
                Stream.generate(() -> packed.new Packing(matrix)).limit(pool.size()).toList();
        pool.run(packed.groups(), (worker, group) -> packings.get(worker).pack(group));
        return packed;
    }

    private void allocate(int slab, Arena memory) {
        int count = Math.min(slabGroups, groups() - slab * slabGroups);
        slabs[slab] = memory.allocate(count * groupBytes, ALIGNMENT);
    }

    /** What one thread needs to pack groups. */
    private final class Packing {
        private final Matrix matrix;
        private final int chunkBytes;
        private final byte[] stored;
        private final ChunkBuffer chunk = new ChunkBuffer();

        Packing(Matrix matrix) {
            this.matrix = matrix;
            this.chunkBytes = (int) matrix.type().bytesOf(CHUNK_COLS);
            this.stored = new byte[GROUP_ROWS * Math.min(chunks(), PART_CHUNKS) * chunkBytes];
        }

        void pack(int group) {
            int count = Math.min(GROUP_ROWS, rows - group * GROUP_ROWS);
            if (count < GROUP_ROWS) {
                chunk.clear();
            }
            for (int first = 0; first < chunks(); first += PART_CHUNKS) {
                int end = Math.min(chunks(), first + PART_CHUNKS);
                int partCols = Math.min(cols, end * CHUNK_COLS) - first * CHUNK_COLS;
                int partBytes = (int) matrix.type().bytesOf(partCols);
                read(group, count, (long) first * chunkBytes, partBytes);
                for (int c = first; c < end; c++) {
                    chunk.begin(chunkCols(c), layout.blocks(chunkCols(c)));
                    int at = (c - first) * chunkBytes;
                    layout.packer().pack(stored, at, partBytes, count, chunk);
                    write(chunk, group, c);
                }
            }
        }

        /** Copies a part of each row, because arrays are read faster than segments. */
        private void read(int group, int count, long within, int bytes) {
            for (int row = 0; row < count; row++) {
                long at = ((long) group * GROUP_ROWS + row) * matrix.rowBytes() + within;
                MemorySegment.copy(
                        matrix.data(), ValueLayout.JAVA_BYTE, at, stored, row * bytes, bytes);
            }
        }
    }

    private void write(ChunkBuffer chunk, int group, int index) {
        MemorySegment data = data(group);
        int words = layout.codeWords(chunk.cols);
        long at = chunkAt(group, index);
        for (int strand = 0; strand < GROUP_ROWS; strand += strandRows()) {
            for (int row = strand; row < strand + strandRows(); row += lanes) {
                at = writeScales(chunk, row, data, at);
            }
            for (int i = 0; i < words; i++, at += wordBytes()) {
                int from = i * GROUP_ROWS + strand;
                MemorySegment.copy(chunk.words, from, data, WORD, at, strandRows());
            }
        }
    }

    /** Writes the scales of a register's rows and returns where they end. */
    private long writeScales(ChunkBuffer chunk, int row, MemorySegment data, long at) {
        int halfWords = layout.scales().halfWords(chunk.blocks);
        int factorWords = layout.scales().words(chunk.blocks) - halfWords;
        for (int i = 0; i < halfWords; i++) {
            int lower = 2 * i * GROUP_ROWS + row;
            for (int r = 0; r < lanes; r++, at += Integer.BYTES) {
                int upper = chunk.halves[lower + GROUP_ROWS + r] << 16;
                data.set(WORD, at, upper | chunk.halves[lower + r] & 0xFFFF);
            }
        }
        for (int i = 0; i < factorWords; i++, at += (long) lanes * Integer.BYTES) {
            MemorySegment.copy(chunk.factors, i * GROUP_ROWS + row, data, WORD, at, lanes);
        }
        return at;
    }

    int rows() {
        return rows;
    }

    int cols() {
        return cols;
    }

    WeightLayout layout() {
        return layout;
    }

    Codes codes() {
        return layout.codes();
    }

    /** Columns that share a scale. */
    int blockCols() {
        return layout.blockCols();
    }

    /** The memory that a group lies in. */
    MemorySegment data(int group) {
        return slabs[group / slabGroups];
    }

    int groups() {
        return Math.ceilDiv(rows, GROUP_ROWS);
    }

    int chunks() {
        return chunks;
    }

    int chunkCols(int chunk) {
        return Math.min(CHUNK_COLS, cols - chunk * CHUNK_COLS);
    }

    /** Words of a register. */
    int lanes() {
        return lanes;
    }

    private int strandRows() {
        return STRAND_REGISTERS * lanes;
    }

    /** Bytes from a code's word of a row to its next. */
    private int wordBytes() {
        return strandRows() * Integer.BYTES;
    }

    private boolean isFull(int chunk) {
        return (chunk + 1) * CHUNK_COLS <= cols;
    }

    /** Words of a row of a chunk that hold scales. */
    int scaleWords(int chunk) {
        return isFull(chunk) ? fullScaleWords : layout.scaleWords(chunkCols(chunk));
    }

    /** Words of a row of a chunk. */
    private int words(int chunk) {
        return isFull(chunk) ? fullWords : restWords();
    }

    /** Words of a row of the last chunk, if it is not full. */
    private int restWords() {
        return layout.words(cols % CHUNK_COLS);
    }

    /** Where its words of codes are. */
    long codesAt(int group, int chunk) {
        return chunkAt(group, chunk) + (long) scaleWords(chunk) * wordBytes();
    }

    /** Bytes of a chunk from a word to that of the same columns in the next strand. */
    long strandBytes(int chunk) {
        return (long) words(chunk) * wordBytes();
    }

    /** Where in the memory of its group a chunk is. */
    long chunkAt(int group, int chunk) {
        return group % slabGroups * groupBytes + chunk * bytesOf(fullWords);
    }

    /** Bytes of so many words of a group's rows. */
    private static long bytesOf(int words) {
        return (long) words * GROUP_ROWS * Integer.BYTES;
    }

    /** Copies the words of a chunk's codes, expanded: of all rows the first, and so on. */
    void readWords(int group, int chunk, int[] words) {
        int chunkCols = chunkCols(chunk);
        int count = layout.codeWords(chunkCols);
        read(group, chunk, codesAt(group, chunk), strandRows(), count, words);
        layout.compaction().expand(words, layout.codes().words(chunkCols));
    }

    /** Copies a chunk's scales as they are stored. */
    void readScales(int group, int chunk, ScaleBuffer buffer) {
        read(group, chunk, chunkAt(group, chunk), lanes, scaleWords(chunk), buffer.words);
    }

    /** Reads words that lie together for {@code side} rows, in each strand from {@code at} on. */
    private void read(int group, int chunk, long at, int side, int count, int[] words) {
        for (int strand = 0; strand < GROUP_ROWS; strand += strandRows()) {
            long from = at + strand / strandRows() * strandBytes(chunk);
            for (int row = strand; row < strand + strandRows(); row += side) {
                for (int i = 0; i < count; i++, from += (long) side * Integer.BYTES) {
                    MemorySegment.copy(data(group), WORD, from, words, i * GROUP_ROWS + row, side);
                }
            }
        }
    }
}
