package dev.parlance.engine.kernel;

/** Moves what is stored of the rows of a group into the buffers of a chunk. */
@FunctionalInterface
interface ChunkPacker {
    /**
     * @param stored the first row's columns of this chunk begin at byte {@code at}
     * @param rowBytes from one row to the next
     */
    void pack(byte[] stored, int at, int rowBytes, int rows, ChunkBuffer chunk);

    /** Row by row. */
    static ChunkPacker of(RowPacker packer) {
        return (stored, at, rowBytes, rows, chunk) -> {
            for (int row = 0; row < rows; row++) {
                packer.pack(stored, at + row * rowBytes, chunk, row);
            }
        };
    }
}
