package dev.parlance.engine.kvcache;

/** The KV blocks of one sequence, in order of position. Made and unmade by {@link KvCache}. */
public final class BlockTable {
    private final int[] blocks;
    private final int cachedTokens;

    /**
     * @param cachedTokens see {@link #cachedTokens()}
     */
    BlockTable(int[] blocks, int cachedTokens) {
        this.blocks = blocks;
        this.cachedTokens = cachedTokens;
    }

    int block(int index) {
        return blocks[index];
    }

    void replace(int index, int block) {
        blocks[index] = block;
    }

    int size() {
        return blocks.length;
    }

    /** How many positions the blocks have room for. */
    public int capacity() {
        return blocks.length * KvCache.BLOCK_TOKENS;
    }

    /** For how many of the first positions keys and values were there already. */
    public int cachedTokens() {
        return cachedTokens;
    }
}
