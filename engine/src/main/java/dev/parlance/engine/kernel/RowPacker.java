package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;

/** Moves what is stored of a row's part into the buffers of a chunk. */
@FunctionalInterface
interface RowPacker {
    /**
     * @param stored the row's columns of this chunk
     * @param row within the group
     */
    void pack(byte[] stored, ChunkBuffer chunk, int row);

    /** Block by block. */
    static RowPacker of(GgmlType type, BlockPacker blocks) {
        int blockCols = type.blockValues();
        int blockBytes = type.blockBytes();
        return (stored, chunk, row) -> {
            for (int col = 0, at = 0; col < chunk.cols; col += blockCols, at += blockBytes) {
                blocks.pack(stored, at, chunk, row, col);
            }
        };
    }
}
