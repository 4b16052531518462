package dev.parlance.engine.kvcache;

import java.util.Arrays;

/**
 * The KV blocks of one sequence, for each group of layers in order of position. Made and unmade by
 * {@link KvCache}.
 */
public final class BlockTable {
    /** In place of a block: not taken yet, or given back. */
    static final int NONE = -1;

    /** groups x blocks */
    private final int[][] blocks;

    /** Per group, how many more it may take: as many are sure to be free. */
    private final int[] claims;

    /** Per group, where the blocks begin that have not been given back. */
    private final int[] firsts;

    private final int cachedTokens;

    /**
     * @param size blocks of each group
     * @param cachedTokens see {@link #cachedTokens()}
     */
    BlockTable(int groups, int size, int cachedTokens) {
        this.blocks = new int[groups][size];
        this.claims = new int[groups];
        this.firsts = new int[groups];
        this.cachedTokens = cachedTokens;
        for (int[] group : blocks) {
            Arrays.fill(group, NONE);
        }
    }

    /** Blocks of each group. */
    int size() {
        return blocks[0].length;
    }

    int block(int group, int index) {
        return blocks[group][index];
    }

    boolean has(int group, int index) {
        return block(group, index) != NONE;
    }

    void put(int group, int index, int block) {
        blocks[group][index] = block;
    }

    int claims(int group) {
        return claims[group];
    }

    void addClaims(int group, int count) {
        claims[group] += count;
    }

    int first(int group) {
        return firsts[group];
    }

    void setFirst(int group, int index) {
        firsts[group] = index;
    }

    /** How many positions the blocks have room for. */
    public int capacity() {
        return size() * KvCache.BLOCK_TOKENS;
    }

    /** For how many of the first positions keys and values were there already. */
    public int cachedTokens() {
        return cachedTokens;
    }
}
