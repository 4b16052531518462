package dev.parlance.engine.kernel;

/** Moves what is stored of a row's part into the buffers of a chunk. */
@FunctionalInterface
interface RowPacker {
    /**
     * @param stored the row's columns of this chunk begin at byte {@code at}
     * @param row within the group
     */
    void pack(byte[] stored, int at, ChunkBuffer chunk, int row);
}
