package dev.parlance.engine.kernel;

/** Moves what one stored block of a row holds into the buffers of a chunk. */
@FunctionalInterface
interface BlockPacker {
    /**
     * @param stored the block begins at byte {@code at}
     * @param row within the group
     * @param col within the chunk: the block's first column
     */
    void pack(byte[] stored, int at, ChunkBuffer chunk, int row, int col);
}
