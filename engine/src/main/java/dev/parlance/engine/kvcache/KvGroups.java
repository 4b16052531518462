package dev.parlance.engine.kvcache;

import java.util.List;

/**
 * Groups of layers whose keys and values share blocks, because their rows see equally far back.
 * Source: the groups of vLLM's hybrid KV cache manager.
 *
 * @param layers of a group
 * @param windows per group, how many positions a row sees, its own included; 0 for all
 * @param groupOfLayer which group a layer is in
 * @param placeOfLayer which of the group's layers it is
 */
record KvGroups(int layers, List<Integer> windows, int[] groupOfLayer, int[] placeOfLayer) {
    private static final int TOKENS = KvCache.BLOCK_TOKENS;

    int count() {
        return windows.size();
    }

    boolean isWindowed(int group) {
        return windows.get(group) > 0;
    }

    /** The first of a sequence's blocks that the row at a position, or a later one, sees. */
    int firstBlock(int group, int position) {
        return isWindowed(group) ? Math.max(0, position - windows.get(group) + 1) / TOKENS : 0;
    }

    /** Blocks that a group has at most at once; see {@link KvShape#blocksFor(int, int)}. */
    int blocksFor(int group, int tokens, int ahead) {
        int all = Math.ceilDiv(tokens, TOKENS);
        if (!isWindowed(group)) {
            return all;
        }
        // Consecutive positions may begin at the end of a block.
        long positions = (long) windows.get(group) - 1 + ahead;
        return (int) Math.min(all, Math.ceilDiv(positions - 1, TOKENS) + 1);
    }

    int blocksFor(int tokens, int ahead) {
        int blocks = 0;
        for (int group = 0; group < count(); group++) {
            blocks = Math.addExact(blocks, blocksFor(group, tokens, ahead));
        }
        return blocks;
    }

    int blocksFor(int tokens) {
        return Math.multiplyExact(count(), Math.ceilDiv(tokens, TOKENS));
    }
}
