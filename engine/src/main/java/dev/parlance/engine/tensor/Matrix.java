package dev.parlance.engine.tensor;

import dev.parlance.engine.gguf.GgmlType;

import java.lang.foreign.MemorySegment;

/**
 * A matrix of stored weights.
 *
 * <p>Shapes: {@code rows} x {@code cols}, row-major, every row a whole number of blocks; {@code
 * data} is exactly its bytes. Errors: the constructor refuses anything else. Threads: read-only.
 */
public record Matrix(String name, GgmlType type, int rows, int cols, MemorySegment data) {
    public Matrix {
        long expected = Math.multiplyExact((long) rows, type.bytesOf(cols));
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + rows
                            + " x "
                            + cols
                            + " values of "
                            + type
                            + " take "
                            + expected
                            + " bytes, got "
                            + data.byteSize());
        }
    }

    /**
     * Writes one row, dequantised, to {@code out[outOffset …]}: an embedding look-up.
     *
     * <p>Errors: {@link dev.parlance.engine.gguf.UnsupportedModelException} if the type has no
     * definition here.
     */
    public void readRow(int row, float[] out, int outOffset) {
        int blocks = cols / type.blockValues();
        Dequantiser.of(this).dequantise(data, row * rowBytes(), blocks, out, outOffset);
    }

    /** Bytes from one row to the next. */
    public long rowBytes() {
        return type.bytesOf(cols);
    }
}
