package dev.parlance.engine.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ScalarKernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

class KvCacheTest {
    private final Kernels kernels = new ScalarKernels(new KernelPool(1));
    private final KvCache cache = new KvCache(new KvShape(2, 3, 5), KvStorage.F32, 5);

    @Test
    void countsBlocksForTokens() {
        KvShape shape = cache.shape();
        assertThat(shape.blocksFor(0)).isZero();
        assertThat(shape.blocksFor(1)).isEqualTo(1);
        assertThat(shape.blocksFor(16)).isEqualTo(1);
        assertThat(shape.blocksFor(17)).isEqualTo(2);
        assertThat(shape.blocksFor(17, 1)).isEqualTo(2);
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
                .hasMessage("KV blocks are released twice");
    }

    @Test
    void memoryIsTakenOnTouchOnly() {
        BlockTable table = cache.allocate(20);
        float[] x = new float[15];
        KvTile tile = cache.newTile();
        assertThatThrownBy(() -> cache.write(table, 3, 0, x, 0, x, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("position 3 has no KV block");
        cache.touch(table, 15);
        Arrays.fill(x, 7);
        cache.write(table, 3, 0, x, 0, x, 0);
        cache.touch(table, 0);
        cache.readKeys(table, 3, 0, 0, kernels, tile);
        assertThat(tile.floats()[tile.offset() + 3]).isEqualTo(7);
        assertThatThrownBy(() -> cache.readKeys(table, 16, 0, 0, kernels, tile))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.readValues(table, 16, 0, 0, kernels, tile))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 64, 64, 0",
        "F32, 5, 16, 0",
        "F16, 64, 64, 0",
        "F16, 40, 48, 0",
        "Q8_0, 64, 64, 2",
        "Q8_0, 80, 96, 3",
        "Q8_0, 5, 32, 1"
    })
    void blockBytesCountWhatABlockTakes(KvStorage storage, int headLength, int stride, int groups) {
        KvCache pool = new KvCache(new KvShape(2, 3, headLength), storage, 0);
        int bytes =
                switch (storage) {
                    case F32 -> 4;
                    case F16 -> 2;
                    case Q8_0 -> 1;
                };
        assertThat(pool.valueStride()).isEqualTo(stride);
        assertThat(pool.blockBytes())
                .isEqualTo(2 * 3 * 16 * ((headLength + stride) * bytes + 2 * groups * 4));
    }

    @ParameterizedTest
    @EnumSource
    void aBlockThatCannotBeCountedIsRefused(KvStorage storage) {
        KvShape shape = new KvShape(1 << 14, 1 << 10, 1 << 10);
        assertThatThrownBy(() -> new KvCache(shape, storage, 0).blockBytes())
                .isInstanceOf(ArithmeticException.class);
    }

    /** 2^-11 is half of the last bit of a half, 1 / 254 half of a step of 1 / 127. */
    @ParameterizedTest
    @CsvSource({
        "F32, 1, 0",
        "F32, 64, 0",
        "F32, 40, 0",
        "F16, 64, 4.9e-4",
        "F16, 80, 4.9e-4",
        "F16, 5, 4.9e-4",
        "Q8_0, 64, 3.95e-3",
        "Q8_0, 80, 3.95e-3",
        "Q8_0, 128, 3.95e-3",
        "Q8_0, 40, 3.95e-3",
        "Q8_0, 7, 3.95e-3"
    })
    void whatIsWrittenIsReadWithinTheErrorOfItsStorage(
            KvStorage storage, int headLength, double bound) {
        int layers = 2;
        int heads = 3;
        KvCache pool = new KvCache(new KvShape(layers, heads, headLength), storage, 3);
        BlockTable table = pool.allocate(40);
        Random random = new Random(headLength);
        float[][][] keys = new float[layers][40][];
        float[][][] values = new float[layers][40][];
        for (int position = 0; position < 40; position++) {
            pool.touch(table, position);
            for (int layer = 0; layer < layers; layer++) {
                keys[layer][position] = gaussians(random, heads * headLength);
                values[layer][position] = gaussians(random, heads * headLength);
                pool.write(
                        table,
                        position,
                        layer,
                        keys[layer][position],
                        0,
                        values[layer][position],
                        0);
            }
        }
        KvTile tile = pool.newTile();
        for (int position = 0; position < 40; position++) {
            int slot = position % 16;
            for (int layer = 0; layer < layers; layer++) {
                for (int head = 0; head < heads; head++) {
                    int at = head * headLength;
                    pool.readKeys(table, position, layer, head, kernels, tile);
                    float[] key = new float[headLength];
                    for (int i = 0; i < headLength; i++) {
                        key[i] = tile.floats()[tile.offset() + i * tile.stride() + slot];
                    }
                    assertNear(key, keys[layer][position], at, bound);
                    pool.readValues(table, position, layer, head, kernels, tile);
                    int from = tile.offset() + slot * tile.stride();
                    float[] row = Arrays.copyOfRange(tile.floats(), from, from + tile.stride());
                    assertNear(Arrays.copyOf(row, headLength), values[layer][position], at, bound);
                    for (int i = headLength; i < row.length; i++) {
                        assertThat(row[i]).isZero();
                    }
                }
            }
        }
    }

    private static float[] gaussians(Random random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** Errors are relative to the greatest of the number's 32 neighbours, or itself if that. */
    private static void assertNear(float[] actual, float[] expected, int at, double bound) {
        for (int i = 0; i < actual.length; i++) {
            int group = i / 32 * 32;
            double most = 0;
            for (int j = group; j < Math.min(group + 32, actual.length); j++) {
                most = Math.max(most, Math.abs(expected[at + j]));
            }
            assertThat((double) actual[i]).isCloseTo(expected[at + i], within(bound * most));
        }
    }

    @Test
    void numbersThatHalvesLackAreClampedAndTheSmallestKept() {
        float[] key = {1e30f, -1e30f, 65_519, 0x1p-24f, -0f};
        assertThat(roundTrip(KvStorage.F16, key))
                .containsExactly(65_504, -65_504, 65_504, 0x1p-24f, -0f);
    }

    @Test
    void bytesReachFromTheGreatestToItsNegativeAndTakeAnything() {
        assertThat(roundTrip(KvStorage.Q8_0, 127, -127, 1, 0.4f, -0f))
                .containsExactly(127, -127, 1, 0, 0);
        assertThat(roundTrip(KvStorage.Q8_0, 0, 0, 0, 0, 0)).containsOnly(0);
        assertThat(roundTrip(KvStorage.Q8_0, Float.MIN_VALUE, 0, 0, 0, 0)).containsOnly(0);
        float[] huge = roundTrip(KvStorage.Q8_0, Float.POSITIVE_INFINITY, 0, -1, 2, 3);
        assertThat(huge[0]).isFinite().isGreaterThan(2.9e38f);
        assertThat(roundTrip(KvStorage.Q8_0, Float.NaN, 1, 1, 1, 1)).containsOnly(Float.NaN);
    }

    private float[] roundTrip(KvStorage storage, float... key) {
        KvCache pool = new KvCache(new KvShape(1, 1, key.length), storage, 1);
        BlockTable table = pool.allocate(1);
        pool.touch(table, 0);
        pool.write(table, 0, 0, key, 0, key, 0);
        KvTile tile = pool.newTile();
        pool.readValues(table, 0, 0, 0, kernels, tile);
        return Arrays.copyOfRange(tile.floats(), tile.offset(), tile.offset() + key.length);
    }

    @ParameterizedTest
    @EnumSource
    void aCopiedPrefixIsTheSameAndStaysSo(KvStorage storage) {
        KvCache pool = new KvCache(new KvShape(1, 1, 2), storage, 5);
        BlockTable from = pool.allocate(20);
        BlockTable to = pool.allocate(40);
        for (int position = 0; position < 20; position++) {
            pool.touch(from, position);
            pool.write(from, position, 0, new float[] {position, 1}, 0, new float[] {2, 3}, 0);
        }
        pool.copyPrefix(from, to, 20);
        pool.checkIntegrity();
        assertThat(pool.freeBlocks()).isEqualTo(1);
        KvTile tile = pool.newTile();
        for (int position = 0; position < 20; position++) {
            // The block that is not whole is the copy's own.
            if (position >= 16) {
                pool.write(from, position, 0, new float[2], 0, new float[2], 0);
            }
            pool.readKeys(to, position, 0, 0, kernels, tile);
            assertThat((double) tile.floats()[tile.offset() + position % 16])
                    .isCloseTo(position, within(0.1));
        }
        pool.touch(to, 39);
    }

    @Test
    void tablesNeverShareABlockInAnyOrderOfUse() {
        Random random = new Random(5);
        KvCache pool = new KvCache(new KvShape(1, 1, 1), KvStorage.F32, 40);
        List<BlockTable> tables = new ArrayList<>();
        for (int step = 0; step < 1000; step++) {
            int tokens = 1 + random.nextInt(100);
            if (random.nextBoolean() && pool.shape().blocksFor(tokens) <= pool.freeBlocks()) {
                tables.add(touched(pool, pool.allocate(tokens)));
            } else if (!tables.isEmpty()) {
                pool.release(tables.remove(random.nextInt(tables.size())));
            }
            pool.checkIntegrity();
            Set<Integer> owned = new HashSet<>();
            for (BlockTable table : tables) {
                for (int i = 0; i < table.size(); i++) {
                    assertThat(owned.add(table.block(0, i))).isTrue();
                }
            }
            assertThat(owned).hasSize(pool.blockCount() - pool.freeBlocks());
        }
    }

    private static int[] tokens(int first, int length) {
        return IntStream.range(first, first + length).toArray();
    }

    private static final PrefixKey ROOT = PrefixKey.root("");

    /** A table of a sequence all of whose whole blocks have been computed. */
    private BlockTable published(KvCache pool, List<PrefixKey> keys) {
        BlockTable table = pool.allocate(KvDemand.of(keys.size() * KvCache.BLOCK_TOKENS, keys));
        for (int i = 0; i < keys.size(); i++) {
            pool.touch(table, i * KvCache.BLOCK_TOKENS);
            pool.publish(table, i, keys.get(i));
        }
        pool.checkIntegrity();
        return table;
    }

    private static BlockTable touched(KvCache pool, BlockTable table) {
        for (int position = 0; position < table.capacity(); position += KvCache.BLOCK_TOKENS) {
            pool.touch(table, position);
        }
        return table;
    }

    @Test
    void keysAreEqualOnlyForEqualTokensAfterEqualTokens() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 50));
        assertThat(keys).hasSize(3).doesNotHaveDuplicates();
        assertThat(PrefixKey.chain(ROOT, tokens(0, 33))).isEqualTo(keys.subList(0, 2));
        assertThat(keys.get(0).next(tokens(0, 50), 16)).isEqualTo(keys.get(1));
        assertThat(PrefixKey.chain(ROOT, tokens(16, 16)).getFirst()).isNotIn(keys);
        assertThat(PrefixKey.chain(PrefixKey.root("other"), tokens(0, 50)))
                .doesNotContainAnyElementsOf(keys);
        assertThat(PrefixKey.root("a", "bc")).isNotEqualTo(PrefixKey.root("ab", "c"));
        assertThat(PrefixKey.root("a", "")).isNotEqualTo(PrefixKey.root("a"));
    }

    @Test
    void whatBeginsAlikeSharesBlocks() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 32));
        BlockTable first = published(cache, keys);
        BlockTable second = cache.allocate(KvDemand.of(40, keys));
        assertThat(second.cachedTokens()).isEqualTo(32);
        assertThat(cache.freeBlocks()).isEqualTo(2);
        cache.release(first);
        cache.checkIntegrity();
        assertThat(cache.freeBlocks()).isEqualTo(2);
        cache.release(second);
        cache.checkIntegrity();
        assertThat(cache.freeBlocks()).isEqualTo(5);
        assertThat(cache.keptBlocks()).isEqualTo(2);
        assertThat(cache.allocate(KvDemand.of(80, keys)).cachedTokens()).isEqualTo(32);
        cache.checkIntegrity();
    }

    @Test
    void aBlockThatHasNotBeenPublishedIsNotShared() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 48));
        BlockTable table = touched(cache, cache.allocate(KvDemand.of(48, keys)));
        cache.publish(table, 0, keys.get(0));
        cache.publish(table, 2, keys.get(2));
        assertThat(cache.allocate(KvDemand.of(20, keys.subList(0, 1))).cachedTokens())
                .isEqualTo(16);
        cache.release(table);
        assertThat(cache.allocate(KvDemand.of(48, keys)).cachedTokens()).isEqualTo(16);
        cache.checkIntegrity();
    }

    @Test
    void theLeastRecentlyUsedGoesFirstAndTheEndBeforeTheBeginning() {
        List<PrefixKey> old = PrefixKey.chain(ROOT, tokens(0, 32));
        List<PrefixKey> young = PrefixKey.chain(ROOT, tokens(100, 32));
        BlockTable first = published(cache, old);
        BlockTable second = published(cache, young);
        cache.release(first);
        cache.release(second);
        // One is free, four are kept: this takes the second block of the old one.
        cache.release(touched(cache, cache.allocate(32)));
        assertThat(cache.keptBlocks()).isEqualTo(3);
        BlockTable again = cache.allocate(KvDemand.of(32, old));
        assertThat(again.cachedTokens()).isEqualTo(16);
        assertThat(cache.allocate(KvDemand.of(33, young)).cachedTokens()).isEqualTo(32);
        cache.checkIntegrity();
    }

    @Test
    void keptBlocksThatAreReusedDoNotCountAsFree() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 32));
        cache.release(published(cache, keys));
        cache.allocate(32);
        // Three are free: two of them hold the prefix.
        assertThat(cache.canAllocate(KvDemand.of(48, keys))).isTrue();
        assertThat(cache.canAllocate(KvDemand.of(64, keys))).isFalse();
        assertThatThrownBy(() -> cache.allocate(KvDemand.of(64, keys)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("4 KV blocks wanted, 3 free");
        cache.checkIntegrity();
    }

    @Test
    void theSameComputedTwiceIsKnownOnce() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 16));
        BlockTable one = touched(cache, cache.allocate(16));
        BlockTable other = touched(cache, cache.allocate(16));
        cache.publish(one, 0, keys.getFirst());
        cache.publish(other, 0, keys.getFirst());
        cache.checkIntegrity();
        cache.release(other);
        cache.release(one);
        assertThat(cache.keptBlocks()).isEqualTo(1);
        cache.checkIntegrity();
    }

    /** Of six layers, two that see everything: three groups of two. */
    private static final KvShape WINDOWED = new KvShape(List.of(20, 20, 0, 20, 20, 0), 1, 1);

    @Test
    void layersWithEqualWindowsShareBlocks() {
        KvGroups groups = WINDOWED.groups();
        assertThat(groups.layers()).isEqualTo(2);
        assertThat(groups.windows()).containsExactly(20, 20, 0);
        assertThat(groups.groupOfLayer()).containsExactly(0, 0, 2, 1, 1, 2);
        assertThat(groups.placeOfLayer()).containsExactly(0, 1, 0, 0, 1, 1);
        assertThat(WINDOWED.blocksFor(100)).isEqualTo(3 * 7);
        // 29 positions touch three blocks if the first is the last of a block.
        assertThat(WINDOWED.blocksFor(100, 10)).isEqualTo(7 + 2 * 3);
        assertThat(WINDOWED.blocksFor(30, 10)).isEqualTo(3 * 2);
        assertThat(WINDOWED.blocksFor(100, 1000)).isEqualTo(3 * 7);
        assertThat(new KvCache(WINDOWED, KvStorage.F32, 0).blockBytes())
                .isEqualTo(new KvCache(new KvShape(2, 1, 1), KvStorage.F32, 0).blockBytes());
        // The last group of a window may have a place to spare.
        assertThat(new KvShape(List.of(0, 9, 9, 9, 0), 1, 1).groups().windows())
                .containsExactly(0, 9, 9);
        assertThat(new KvShape(List.of(9, 9), 1, 1).groups().windows()).containsExactly(9);
    }

    @Test
    void whatLeavesTheWindowIsGivenBackAndNoMoreIsEverWanted() {
        KvCache pool = new KvCache(WINDOWED, KvStorage.F32, WINDOWED.blocksFor(200, 10));
        BlockTable table = pool.allocate(new KvDemand(200, 10, List.of()));
        assertThat(pool.freeBlocks()).isZero();
        KvTile tile = pool.newTile();
        for (int position = 0; position < 200; position++) {
            if (position % 10 == 0) {
                pool.slide(table, position);
                pool.checkIntegrity();
            }
            pool.touch(table, position);
            for (int layer = 0; layer < 6; layer++) {
                pool.write(table, position, layer, new float[] {position}, 0, new float[1], 0);
                int seen = Math.max(0, position - 19);
                pool.readKeys(table, seen, layer, 0, kernels, tile);
                assertThat(tile.floats()[tile.offset() + seen % 16]).isEqualTo(seen);
            }
        }
        assertThat(pool.seesFrom(table, 191)).isTrue();
        assertThat(pool.seesFrom(table, 150)).isFalse();
        assertThatThrownBy(() -> pool.readKeys(table, 150, 0, 0, kernels, tile))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("position 150 has no KV block");
        pool.release(table);
        pool.checkIntegrity();
        assertThat(pool.freeBlocks()).isEqualTo(pool.blockCount());
    }

    @Test
    void aTableThatNeverGivesBackWhatItPromisedToIsStopped() {
        KvCache pool = new KvCache(WINDOWED, KvStorage.F32, 100);
        BlockTable table = pool.allocate(new KvDemand(200, 1, List.of()));
        pool.touch(table, 0);
        pool.touch(table, 16);
        pool.touch(table, 32);
        assertThatThrownBy(() -> pool.touch(table, 48))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a KV block that nobody has a claim to is wanted");
    }

    /** A prompt of 96 tokens as a request leaves it. */
    private static void computeAndSlide(KvCache pool, List<PrefixKey> keys, int ahead) {
        BlockTable table = pool.allocate(new KvDemand(97, ahead, keys));
        for (int i = table.cachedTokens() / 16; i < keys.size(); i++) {
            pool.touch(table, i * KvCache.BLOCK_TOKENS);
            pool.publish(table, i, keys.get(i));
            pool.slide(table, (i + 1) * KvCache.BLOCK_TOKENS);
        }
        pool.release(table);
        pool.checkIntegrity();
    }

    @Test
    void aPrefixIsReusedUpToWhereItsLastWindowIs() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 96));
        KvCache pool = new KvCache(WINDOWED, KvStorage.F32, 3 * 6);
        computeAndSlide(pool, keys, 16);
        assertThat(pool.keptBlocks()).isEqualTo(3 * 6);
        // Six blocks for another: those that were the first to leave the window.
        pool.release(touched(pool, pool.allocate(32)));
        assertThat(reusable(pool, keys)).isEqualTo(96);
        assertThat(reusable(pool, keys.subList(0, 5))).isEqualTo(80);
        assertThat(reusable(pool, keys.subList(0, 4))).isZero();

        KvCache whole = new KvCache(WINDOWED, KvStorage.F32, 3 * 6);
        computeAndSlide(whole, keys, 16);
        assertThat(reusable(whole, keys.subList(0, 4))).isEqualTo(64);
    }

    private static int reusable(KvCache pool, List<PrefixKey> keys) {
        BlockTable table = pool.allocate(new KvDemand(97, 16, keys));
        pool.checkIntegrity();
        pool.release(table);
        return table.cachedTokens();
    }

    @Test
    void ifAllLayersHaveAWindowTheBeginningIsNotNeeded() {
        List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 96));
        KvCache pool = new KvCache(new KvShape(List.of(20, 20), 1, 1), KvStorage.F32, 6);
        computeAndSlide(pool, keys, 16);
        BlockTable other = touched(pool, pool.allocate(48));
        BlockTable table = pool.allocate(new KvDemand(97, 1, keys));
        assertThat(table.cachedTokens()).isEqualTo(96);
        pool.checkIntegrity();
        pool.release(other);
        pool.release(table);
    }

    /**
     * Sequences that begin alike, in any order of steps and ends, in a pool that is always full.
     */
    @Test
    void whatIsClaimedCanAlwaysBeTaken() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            KvCache pool = new KvCache(WINDOWED, KvStorage.F32, WINDOWED.blocksFor(300, 20) + 9);
            List<PrefixKey> keys = PrefixKey.chain(ROOT, tokens(0, 300));
            List<BlockTable> tables = new ArrayList<>();
            List<Integer> computed = new ArrayList<>();
            int reused = 0;
            for (int step = 0; step < 500; step++) {
                int tokens = 1 + random.nextInt(300);
                KvDemand demand = new KvDemand(tokens, 20, keys.subList(0, (tokens - 1) / 16));
                if (pool.canAllocate(demand)) {
                    tables.add(pool.allocate(demand));
                    computed.add(tables.getLast().cachedTokens());
                    reused += computed.getLast();
                }
                int i = random.nextInt(tables.size());
                BlockTable table = tables.get(i);
                int from = computed.get(i);
                int to = Math.min(table.capacity(), from + 1 + random.nextInt(20));
                for (int position = from; position < to; position++) {
                    pool.touch(table, position);
                }
                for (int block = from / 16; block < to / 16 && block < keys.size(); block++) {
                    pool.publish(table, block, keys.get(block));
                }
                pool.slide(table, to);
                computed.set(i, to);
                if (to == table.capacity() || random.nextInt(20) == 0) {
                    pool.release(tables.remove(i));
                    computed.remove(i);
                }
                pool.checkIntegrity();
                if (tables.isEmpty()) {
                    break;
                }
            }
            assertThat(reused).isPositive();
        }
    }

    @Test
    void aCopyHasTheWindowAndTheRest() {
        KvCache pool = new KvCache(WINDOWED, KvStorage.F32, 2 * WINDOWED.blocksFor(120, 10));
        BlockTable from = pool.allocate(new KvDemand(120, 10, List.of()));
        for (int position = 0; position < 70; position++) {
            pool.slide(from, Math.max(0, position - 1));
            pool.touch(from, position);
            for (int layer = 0; layer < 6; layer++) {
                pool.write(from, position, layer, new float[] {position}, 0, new float[1], 0);
            }
        }
        BlockTable to = pool.allocate(new KvDemand(120, 10, List.of()));
        pool.copyPrefix(from, to, 69);
        pool.checkIntegrity();
        KvTile tile = pool.newTile();
        for (int position = 50; position < 69; position++) {
            pool.readKeys(to, position, 0, 0, kernels, tile);
            assertThat(tile.floats()[tile.offset() + position % 16]).isEqualTo(position);
        }
        // Both go on, and what they share leaves one of them before the other.
        for (BlockTable table : List.of(from, to)) {
            for (int position = 69; position < 120; position++) {
                pool.slide(table, position);
                pool.touch(table, position);
                pool.checkIntegrity();
            }
        }
        pool.release(from);
        pool.release(to);
        assertThat(pool.freeBlocks()).isEqualTo(pool.blockCount());
        pool.checkIntegrity();
    }
}
