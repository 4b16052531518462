package dev.parlance.engine.kvcache;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The pool of KV blocks. A block holds the keys and values of {@code blockTokens} consecutive
 * positions of one sequence, for every layer.
 *
 * <p>Invariant: every block is free or owned by exactly one {@link BlockTable}; {@link
 * #checkIntegrity} tests it. Memory for a block is taken when it is first used. Threads: the engine
 * thread allocates and releases; the kernel pool reads and writes blocks of the running step.
 */
public final class KvCache {
    /** Positions per block. */
    public static final int BLOCK_TOKENS = 16;

    private final int[] floatsPerToken;
    private final float[] @Nullable [] blocks;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final BitSet owned = new BitSet();
    private final int[] layerOffset;
    private final int blockFloats;

    /**
     * @param floatsPerToken per layer, floats of one position's key (equal to those of its value)
     * @param blockCount how many blocks the pool has
     */
    public KvCache(int[] floatsPerToken, int blockCount) {
        this.floatsPerToken = floatsPerToken.clone();
        this.layerOffset = new int[floatsPerToken.length];
        int offset = 0;
        for (int layer = 0; layer < floatsPerToken.length; layer++) {
            layerOffset[layer] = offset;
            offset =
                    Math.addExact(
                            offset, Math.multiplyExact(2 * BLOCK_TOKENS, floatsPerToken[layer]));
        }
        this.blockFloats = offset;
        this.blocks = new float[blockCount][];
        for (int i = 0; i < blockCount; i++) {
            free.add(i);
        }
    }

    /** Blocks that {@code tokens} positions take. */
    public static int blocksFor(int tokens) {
        return (tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    }

    public int blockCount() {
        return blocks.length;
    }

    public int freeBlocks() {
        return free.size();
    }

    /** Takes blocks for {@code tokens} positions; the caller has seen that enough are free. */
    public BlockTable allocate(int tokens) {
        int count = blocksFor(tokens);
        if (count > free.size()) {
            throw new IllegalStateException(count + " KV blocks wanted, " + free.size() + " free");
        }
        List<Integer> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int id = free.remove();
            owned.set(id);
            ids.add(id);
        }
        return new BlockTable(ids);
    }

    /** Gives a table's blocks back; the table must not be used again. */
    public void release(BlockTable table) {
        for (int i = 0; i < table.size(); i++) {
            int id = table.block(i);
            if (!owned.get(id)) {
                throw new IllegalStateException("KV block " + id + " is released twice");
            }
            owned.clear(id);
            // Used again first: its memory has been taken already.
            free.push(id);
        }
    }

    /** Bytes of one block once it is used. */
    public long blockBytes() {
        return (long) blockFloats * Float.BYTES;
    }

    /**
     * Copies keys and values of the first {@code tokens} positions to another sequence. Engine
     * thread only.
     */
    public void copyPrefix(BlockTable from, BlockTable to, int tokens) {
        for (int position = 0; position < tokens; position += BLOCK_TOKENS) {
            touch(to, position);
            System.arraycopy(block(from, position), 0, block(to, position), 0, blockFloats);
        }
    }

    /**
     * Takes the memory of the block that holds a position, if it has none yet. Engine thread only;
     * must come before {@link #block}.
     */
    public void touch(BlockTable table, int position) {
        int id = table.block(position / BLOCK_TOKENS);
        if (blocks[id] == null) {
            blocks[id] = new float[blockFloats];
        }
    }

    /**
     * The floats of the block that holds a position. Key of layer L at {@link #keyOffset}, value at
     * {@link #valueOffset}.
     *
     * @throws IllegalStateException if the block was never {@linkplain #touch touched}
     */
    public float[] block(BlockTable table, int position) {
        int id = table.block(position / BLOCK_TOKENS);
        float[] block = blocks[id];
        if (block == null) {
            throw new IllegalStateException("KV block " + id + " has no memory yet");
        }
        return block;
    }

    /** Where in its block the key of a position starts; consecutive positions follow each other. */
    public int keyOffset(int layer, int position) {
        return layerOffset[layer] + position % BLOCK_TOKENS * floatsPerToken[layer];
    }

    /**
     * Where in its block the value of a position starts; consecutive positions follow each other.
     */
    public int valueOffset(int layer, int position) {
        return layerOffset[layer]
                + (BLOCK_TOKENS + position % BLOCK_TOKENS) * floatsPerToken[layer];
    }

    /**
     * Tests that free and owned blocks are all blocks, each once.
     *
     * @throws IllegalStateException if not
     */
    public void checkIntegrity() {
        BitSet all = (BitSet) owned.clone();
        for (int id : free) {
            if (all.get(id)) {
                throw new IllegalStateException(
                        "KV block " + id + " is free twice or free and owned");
            }
            all.set(id);
        }
        if (all.cardinality() != blocks.length) {
            throw new IllegalStateException(
                    all.cardinality() + " of " + blocks.length + " KV blocks are accounted for");
        }
    }
}
