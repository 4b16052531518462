package dev.parlance.engine.kvcache;

import dev.parlance.engine.kernel.Kernels;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The pool of KV blocks. A block holds the keys and values of {@value #BLOCK_TOKENS} consecutive
 * positions of one sequence, for every layer.
 *
 * <p>Invariant: every block is free or owned by exactly one {@link BlockTable}; {@link
 * #checkIntegrity} tests it. Memory for a block is taken when it is first used. Threads: the engine
 * thread allocates and releases; the kernel pool reads and writes blocks of the running step.
 */
public final class KvCache {
    /** Positions per block. */
    public static final int BLOCK_TOKENS = 16;

    private final KvStorage storage;
    private final KvLayout layout;
    private final @Nullable KvBlock[] blocks;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final BitSet owned = new BitSet();

    /**
     * @param blockCount how many blocks the pool has
     */
    public KvCache(KvShape shape, KvStorage storage, int blockCount) {
        this.storage = storage;
        this.layout = KvLayout.of(shape, storage);
        this.blocks = new KvBlock[blockCount];
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
        return KvBlock.bytes(storage, layout);
    }

    /**
     * Copies keys and values of the first {@code tokens} positions to another sequence. Engine
     * thread only.
     */
    public void copyPrefix(BlockTable from, BlockTable to, int tokens) {
        for (int position = 0; position < tokens; position += BLOCK_TOKENS) {
            blocks[to.block(position / BLOCK_TOKENS)] = block(from, position).copy();
        }
    }

    /**
     * Takes the memory of the block that holds a position, if it has none yet. Engine thread only;
     * must come before {@link #write}.
     */
    public void touch(BlockTable table, int position) {
        int id = table.block(position / BLOCK_TOKENS);
        if (blocks[id] == null) {
            blocks[id] = KvBlock.of(storage, layout);
        }
    }

    /**
     * Keeps the keys and values of a position in one layer, rounded as the storage has it.
     *
     * @param key, value from their offsets on, {@code heads x headLength}
     * @throws IllegalStateException if the block was never {@linkplain #touch touched}
     */
    public void write(
            BlockTable table,
            int position,
            int layer,
            float[] key,
            int keyOffset,
            float[] value,
            int valueOffset) {
        KvBlock block = block(table, position);
        for (int head = 0; head < layout.shape().heads(); head++) {
            int at = head * layout.headLength();
            block.write(
                    layout,
                    layer,
                    head,
                    position % BLOCK_TOKENS,
                    key,
                    keyOffset + at,
                    value,
                    valueOffset + at);
        }
    }

    /** Memory to read into, for one thread. */
    public KvTile newTile() {
        return new KvTile(layout.tileLength());
    }

    /** Floats from one value to the next in a tile: the length of a head, filled up. */
    public int valueStride() {
        return layout.valueStride();
    }

    /**
     * Shows a head's keys of the block that holds a position, of all its positions, written or not.
     *
     * @throws IllegalStateException if the block was never {@linkplain #touch touched}
     */
    public void readKeys(
            BlockTable table, int position, int layer, int head, Kernels kernels, KvTile tile) {
        block(table, position).readKeys(layout, layer, head, kernels, tile);
    }

    /** The same for values. */
    public void readValues(
            BlockTable table, int position, int layer, int head, Kernels kernels, KvTile tile) {
        block(table, position).readValues(layout, layer, head, kernels, tile);
    }

    private KvBlock block(BlockTable table, int position) {
        int id = table.block(position / BLOCK_TOKENS);
        KvBlock block = blocks[id];
        if (block == null) {
            throw new IllegalStateException("KV block " + id + " has no memory yet");
        }
        return block;
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
