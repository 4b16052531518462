package dev.parlance.engine.kvcache;

import java.util.List;

/** The KV blocks of one sequence, in order of position. Made and unmade by {@link KvCache}. */
public final class BlockTable {
    private final int[] blocks;

    BlockTable(List<Integer> blocks) {
        this.blocks = blocks.stream().mapToInt(Integer::intValue).toArray();
    }

    int block(int index) {
        return blocks[index];
    }

    int size() {
        return blocks.length;
    }

    /** How many positions the blocks have room for. */
    public int capacity() {
        return blocks.length * KvCache.BLOCK_TOKENS;
    }
}
