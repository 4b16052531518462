package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;
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
 * chunks of {@value #CHUNK_COLS} columns, the last one maybe shorter; a chunk is the words of its
 * {@link Codes}, then the halves, then the factors of its {@link Scales}. So a group is read from
 * its first byte to its last. Memory: off the Java heap, freed with this object. Threads: read-only
 * once made.
 */
final class PackedMatrix {
    /** Rows of a group: four of the widest registers, so that enough sums run side by side. */
    static final int GROUP_ROWS = 64;

    /** Columns of a chunk: the longest blocks have as many. */
    static final int CHUNK_COLS = 256;

    private static final int ALIGNMENT = 64;
    private static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int rows;
    private final int cols;
    private final WeightLayout layout;
    private final MemorySegment data;

    private PackedMatrix(int rows, int cols, WeightLayout layout, MemorySegment data) {
        this.rows = rows;
        this.cols = cols;
        this.layout = layout;
        this.data = data;
    }

    /**
     * Packs a matrix, with all threads of the pool. The matrix is not needed afterwards.
     *
     * <p>Errors: {@link dev.parlance.engine.gguf.UnsupportedModelException} if there is no
     * arithmetic for its type.
     */
    static PackedMatrix of(Matrix matrix, KernelPool pool) {
        WeightLayout layout = WeightLayout.of(matrix);
        int cols = matrix.cols();
        int groups = Math.ceilDiv(matrix.rows(), GROUP_ROWS);
        MemorySegment data = Arena.ofAuto().allocate(groups * groupBytes(layout, cols), ALIGNMENT);
        PackedMatrix packed = new PackedMatrix(matrix.rows(), cols, layout, data);
        List<ChunkBuffer> buffers = Stream.generate(ChunkBuffer::new).limit(pool.size()).toList();
        pool.run(groups, (worker, group) -> packed.fill(group, matrix, buffers.get(worker)));
        return packed;
    }

    private void fill(int group, Matrix matrix, ChunkBuffer chunk) {
        GgmlType type = matrix.type();
        byte[] stored = new byte[(int) type.bytesOf(CHUNK_COLS)];
        int firstRow = group * GROUP_ROWS;
        int count = Math.min(GROUP_ROWS, rows - firstRow);
        for (int c = 0; c < chunks(); c++) {
            chunk.clear(chunkCols(c), layout.blocks(chunkCols(c)));
            int bytes = (int) type.bytesOf(chunkCols(c));
            long within = (long) c * stored.length;
            for (int row = 0; row < count; row++) {
                long at = (firstRow + row) * matrix.rowBytes() + within;
                MemorySegment.copy(matrix.data(), ValueLayout.JAVA_BYTE, at, stored, 0, bytes);
                layout.packer().pack(stored, chunk, row);
            }
            write(chunk, chunkAt(group, c));
        }
    }

    private void write(ChunkBuffer chunk, long at) {
        int words = layout.codes().words(chunk.cols);
        int halves = layout.scales().halves(chunk.blocks);
        int factors = layout.scales().factorWords(chunk.blocks);
        MemorySegment.copy(chunk.words, 0, data, WORD, at, words);
        at += (long) words * Integer.BYTES;
        MemorySegment.copy(chunk.halves, 0, data, HALF, at, halves);
        at += (long) halves * Short.BYTES;
        MemorySegment.copy(chunk.factors, 0, data, WORD, at, factors);
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

    /** Blocks of a row. */
    int blocks() {
        return layout.blocks(cols);
    }

    MemorySegment data() {
        return data;
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

    /** Where a chunk's words begin. */
    long chunkAt(int group, int chunk) {
        return group * groupBytes(layout, cols) + (long) chunk * chunkBytes(layout, CHUNK_COLS);
    }

    /** Copies a chunk's words. */
    void readWords(int group, int chunk, int[] words) {
        int count = layout.codes().words(chunkCols(chunk));
        MemorySegment.copy(data, WORD, chunkAt(group, chunk), words, 0, count);
    }

    /** Copies a chunk's scales as they are stored. */
    void readScales(int group, int chunk, ScaleBuffer buffer) {
        int chunkCols = chunkCols(chunk);
        int blocks = layout.blocks(chunkCols);
        int halves = layout.scales().halves(blocks);
        long at = chunkAt(group, chunk) + (long) layout.codes().words(chunkCols) * Integer.BYTES;
        MemorySegment.copy(data, HALF, at, buffer.halves, 0, halves);
        at += (long) halves * Short.BYTES;
        int factors = layout.scales().factorWords(blocks);
        MemorySegment.copy(data, WORD, at, buffer.factors, 0, factors);
    }

    private static long groupBytes(WeightLayout layout, int cols) {
        return (long) cols / CHUNK_COLS * chunkBytes(layout, CHUNK_COLS)
                + chunkBytes(layout, cols % CHUNK_COLS);
    }

    private static int chunkBytes(WeightLayout layout, int cols) {
        int blocks = layout.blocks(cols);
        return layout.codes().words(cols) * Integer.BYTES
                + layout.scales().halves(blocks) * Short.BYTES
                + layout.scales().factorWords(blocks) * Integer.BYTES;
    }
}
