package dev.parlance.engine.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

class KvCacheTest {
    private final KvCache cache = new KvCache(new int[] {4, 6}, 5);

    @Test
    void countsBlocksForTokens() {
        assertThat(KvCache.blocksFor(0)).isZero();
        assertThat(KvCache.blocksFor(1)).isEqualTo(1);
        assertThat(KvCache.blocksFor(16)).isEqualTo(1);
        assertThat(KvCache.blocksFor(17)).isEqualTo(2);
    }

    @Test
    void allocationTakesWholeBlocksAndReleaseGivesThemBack() {
        BlockTable table = cache.allocate(33);
        assertThat(table.capacity()).isEqualTo(48);
        assertThat(cache.freeBlocks()).isEqualTo(2);
        cache.checkIntegrity();
        cache.release(table);
        assertThat(cache.freeBlocks()).isEqualTo(5);
        cache.checkIntegrity();
    }

    @Test
    void moreThanIsFreeIsRefusedAndTakesNothing() {
        cache.allocate(40);
        assertThatThrownBy(() -> cache.allocate(33))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("3 KV blocks wanted, 2 free");
        assertThat(cache.freeBlocks()).isEqualTo(2);
        cache.checkIntegrity();
    }

    @Test
    void releasingTwiceIsRefused() {
        BlockTable table = cache.allocate(1);
        cache.release(table);
        assertThatThrownBy(() -> cache.release(table))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("KV block \\d is released twice");
    }

    @Test
    void memoryIsTakenOnTouchOnly() {
        BlockTable table = cache.allocate(20);
        assertThatThrownBy(() -> cache.block(table, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("KV block \\d has no memory yet");
        cache.touch(table, 15);
        float[] block = cache.block(table, 3);
        assertThat(block).hasSize(2 * 16 * (4 + 6));
        cache.touch(table, 0);
        assertThat(cache.block(table, 3)).isSameAs(block);
        assertThatThrownBy(() -> cache.block(table, 16)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keysAndValuesOfAllLayersAndPositionsLieApart() {
        Set<Integer> used = new HashSet<>();
        int[] lengths = {4, 6};
        for (int layer = 0; layer < lengths.length; layer++) {
            for (int position = 0; position < KvCache.BLOCK_TOKENS; position++) {
                for (int i = 0; i < lengths[layer]; i++) {
                    assertThat(used.add(cache.keyOffset(layer, position) + i)).isTrue();
                    assertThat(used.add(cache.valueOffset(layer, position) + i)).isTrue();
                }
                assertThat(cache.keyOffset(layer, position + 16))
                        .isEqualTo(cache.keyOffset(layer, position));
            }
        }
        assertThat(used).hasSize(320).allMatch(offset -> offset >= 0 && offset < 320);
    }

    @Test
    void tablesNeverShareABlockInAnyOrderOfUse() {
        Random random = new Random(5);
        KvCache pool = new KvCache(new int[] {1}, 40);
        List<BlockTable> tables = new ArrayList<>();
        for (int step = 0; step < 1000; step++) {
            int tokens = 1 + random.nextInt(100);
            if (random.nextBoolean() && KvCache.blocksFor(tokens) <= pool.freeBlocks()) {
                tables.add(pool.allocate(tokens));
            } else if (!tables.isEmpty()) {
                pool.release(tables.remove(random.nextInt(tables.size())));
            }
            pool.checkIntegrity();
            Set<Integer> owned = new HashSet<>();
            for (BlockTable table : tables) {
                for (int i = 0; i < table.size(); i++) {
                    assertThat(owned.add(table.block(i))).isTrue();
                }
            }
            assertThat(owned).hasSize(pool.blockCount() - pool.freeBlocks());
        }
    }
}
