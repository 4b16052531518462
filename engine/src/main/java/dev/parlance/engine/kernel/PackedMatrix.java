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
 * <p>Layout: groups of {@value #GROUP_ROWS} rows, the last one filled up with zeros; a group is
 * strands of {@value #STRAND_ROWS} rows; a strand is its chunks of {@value #CHUNK_COLS} columns,
 * the last one maybe shorter; a chunk is the words of its {@link Scales}, then those of its {@link
 * Codes}, maybe {@link Compaction compacted}. A kernel takes a register from each strand in turn,
 * so that it reads several places of memory from beginning to end at once: a CPU that sees several
 * such streams fetches far enough ahead of all of them, of a single one it does not. Memory: off
 * the Java heap, in an arena of the caller's, as several slabs of whole groups. Threads: read-only
 * once made.
 */
final class PackedMatrix {
    /** Rows of a group: four of the widest registers, so that enough sums run side by side. */
    static final int GROUP_ROWS = 64;

    /** Rows whose words lie together: the widest register. */
    static final int STRAND_ROWS = 16;

    private static final int STRANDS = GROUP_ROWS / STRAND_ROWS;

    /** Bytes from a word of a row to its next. */
    static final int WORD_BYTES = STRAND_ROWS * Integer.BYTES;

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
    private final int slabGroups;
    private final MemorySegment[] slabs;

    private PackedMatrix(int rows, int cols, WeightLayout layout) {
        this.rows = rows;
        this.cols = cols;
        this.layout = layout;
        this.slabGroups =
                Math.max(
                        Math.ceilDiv(groups(), SLABS),
                        (int) Math.ceilDiv(LEAST_SLAB_BYTES, groupBytes()));
        this.slabs = new MemorySegment[Math.ceilDiv(groups(), slabGroups)];
    }

    /**
     * Packs a matrix, with all threads of the pool. The matrix is not needed afterwards.
     *
     * <p>Errors: {@link dev.parlance.engine.gguf.UnsupportedModelException} if there is no
     * arithmetic for its type.
     *
     * @param memory where the packed weights live; several threads allocate from it at once
     */
    static PackedMatrix of(Matrix matrix, KernelPool pool, Arena memory) {
        PackedMatrix packed =
                new PackedMatrix(matrix.rows(), matrix.cols(), WeightLayout.of(matrix));
        pool.run(packed.slabs.length, (_, slab) -> packed.allocate(slab, memory));
        List<Packing> packings =
                Stream.generate(() -> packed.new Packing(matrix)).limit(pool.size()).toList();
        pool.run(packed.groups(), (worker, group) -> packings.get(worker).pack(group));
        return packed;
    }

    private void allocate(int slab, Arena memory) {
        int count = Math.min(slabGroups, groups() - slab * slabGroups);
        slabs[slab] = memory.allocate(count * groupBytes(), ALIGNMENT);
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
        int halfWords = layout.scales().halfWords(chunk.blocks);
        int factorWords = layout.scales().words(chunk.blocks) - halfWords;
        int words = layout.codeWords(chunk.cols);
        for (int row = 0; row < GROUP_ROWS; row += STRAND_ROWS) {
            long at = chunkAt(group, index, row);
            for (int i = 0; i < halfWords; i++, at += WORD_BYTES) {
                int lower = 2 * i * GROUP_ROWS + row;
                for (int r = 0; r < STRAND_ROWS; r++) {
                    int upper = chunk.halves[lower + GROUP_ROWS + r] << 16;
                    int word = upper | chunk.halves[lower + r] & 0xFFFF;
                    data.set(WORD, at + (long) r * Integer.BYTES, word);
                }
            }
            for (int i = 0; i < factorWords; i++, at += WORD_BYTES) {
                int from = i * GROUP_ROWS + row;
                MemorySegment.copy(chunk.factors, from, data, WORD, at, STRAND_ROWS);
            }
            for (int i = 0; i < words; i++, at += WORD_BYTES) {
                MemorySegment.copy(chunk.words, i * GROUP_ROWS + row, data, WORD, at, STRAND_ROWS);
            }
        }
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
        return Math.ceilDiv(cols, CHUNK_COLS);
    }

    int chunkCols(int chunk) {
        return Math.min(CHUNK_COLS, cols - chunk * CHUNK_COLS);
    }

    /** Bytes from a word to that of the same chunk and columns in the next strand. */
    long strandBytes() {
        return (cols / CHUNK_COLS * (long) layout.words(CHUNK_COLS)
                        + layout.words(cols % CHUNK_COLS))
                * WORD_BYTES;
    }

    /** Where in the memory of its group a chunk's first word of a row is. */
    long chunkAt(int group, int chunk, int row) {
        return group % slabGroups * groupBytes()
                + row / STRAND_ROWS * strandBytes()
                + (long) chunk * layout.words(CHUNK_COLS) * WORD_BYTES
                + row % STRAND_ROWS * Integer.BYTES;
    }

    /** Copies the words of a chunk's codes, expanded: of all rows the first, and so on. */
    void readWords(int group, int chunk, int[] words) {
        int chunkCols = chunkCols(chunk);
        int skipped = layout.scaleWords(chunkCols);
        read(group, chunk, skipped, layout.codeWords(chunkCols), words);
        layout.compaction().expand(words, layout.codes().words(chunkCols));
    }

    /** Copies a chunk's scales as they are stored. */
    void readScales(int group, int chunk, ScaleBuffer buffer) {
        read(group, chunk, 0, layout.scaleWords(chunkCols(chunk)), buffer.words);
    }

    private void read(int group, int chunk, int first, int count, int[] words) {
        for (int row = 0; row < GROUP_ROWS; row += STRAND_ROWS) {
            long at = chunkAt(group, chunk, row) + (long) first * WORD_BYTES;
            for (int i = 0; i < count; i++, at += WORD_BYTES) {
                MemorySegment.copy(data(group), WORD, at, words, i * GROUP_ROWS + row, STRAND_ROWS);
            }
        }
    }

    private long groupBytes() {
        return STRANDS * strandBytes();
    }
}
