package dev.parlance.engine.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ScalarKernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The cache with a folder behind it; tasks run at once unless a test holds them back. */
class KvFilesTest {
    private static final KvShape SHAPE = new KvShape(2, 3, 40);
    private static final int BLOCK = KvCache.BLOCK_TOKENS;
    private static final String MODEL = "0123456789abcdef0123456789abcdef";
    private static final String OTHER_MODEL = "f".repeat(32);
    private static final long PLENTY = 1 << 30;

    /** 33,840 bytes in whole pages. */
    private static final long F32_FILE = 9 * 4096;

    @TempDir private Path root;
    private final Kernels kernels = new ScalarKernels(new KernelPool(1));
    private final Deque<Runnable> heldBack = new ArrayDeque<>();
    private KvStorage storage = KvStorage.F32;
    private String model = MODEL;
    private Executor io = Runnable::run;
    private long now;

    /** How long a fetch seems to take. */
    private long readingNanos;

    private KvCache open(int blocks, long maxBytes) throws IOException {
        KvCache cache = new KvCache(SHAPE, storage, blocks);
        cache.keepIn(root, model, maxBytes, io, () -> now += readingNanos);
        return cache;
    }

    private static List<PrefixKey> keys(int seed, int blocks) {
        return PrefixKey.chain(
                PrefixKey.root(String.valueOf(seed)), IntStream.range(0, blocks * BLOCK).toArray());
    }

    /** A prompt of whole blocks as a request leaves it: computed, published, released. */
    private static void compute(KvCache cache, int seed, int blocks) {
        List<PrefixKey> keys = keys(seed, blocks);
        BlockTable table = cache.allocate(KvDemand.of(blocks * BLOCK, keys));
        for (int position = table.cachedTokens(); position < blocks * BLOCK; position++) {
            cache.touch(table, position);
            for (int layer = 0; layer < SHAPE.windows().size(); layer++) {
                float[] x = numbers(seed, position, layer);
                cache.write(table, position, layer, x, 0, x, x.length / 2);
            }
        }
        for (int i = 0; i < blocks; i++) {
            cache.publish(table, i, keys.get(i));
        }
        cache.release(table);
        cache.checkIntegrity();
    }

    private static float[] numbers(int seed, int position, int layer) {
        Random random = new Random(31L * (31L * seed + position) + layer);
        float[] x = new float[2 * SHAPE.heads() * SHAPE.headLength()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** How many tokens of a prompt come back, all of which must be what was computed. */
    private int reuse(KvCache cache, int seed, int blocks) {
        List<PrefixKey> keys = keys(seed, blocks);
        cache.take(cache.fetch(keys, 0, () -> {}).orElseThrow());
        cache.checkIntegrity();
        BlockTable table = cache.allocate(KvDemand.of(blocks * BLOCK, keys));
        KvCache expected = new KvCache(SHAPE, storage, blocks);
        compute(expected, seed, blocks);
        BlockTable expectedTable = expected.allocate(KvDemand.of(blocks * BLOCK, keys));
        for (int position = 0; position < table.cachedTokens(); position += BLOCK) {
            for (int layer = 0; layer < SHAPE.windows().size(); layer++) {
                for (int head = 0; head < SHAPE.heads(); head++) {
                    KvTile tile = cache.newTile();
                    cache.readKeys(table, position, layer, head, kernels, tile);
                    float[] found = shown(tile, SHAPE.headLength());
                    expected.readKeys(expectedTable, position, layer, head, kernels, tile);
                    assertThat(found).isEqualTo(shown(tile, SHAPE.headLength()));
                    cache.readValues(table, position, layer, head, kernels, tile);
                    found = shown(tile, BLOCK);
                    expected.readValues(expectedTable, position, layer, head, kernels, tile);
                    assertThat(found).isEqualTo(shown(tile, BLOCK));
                }
            }
        }
        cache.release(table);
        return table.cachedTokens();
    }

    private static float[] shown(KvTile tile, int rows) {
        return Arrays.copyOfRange(
                tile.floats(), tile.offset(), tile.offset() + rows * tile.stride());
    }

    /** The files of a model, those of a prompt's blocks in no order. */
    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(MODEL))) {
            return files.filter(file -> file.toString().endsWith(".kv")).sorted().toList();
        }
    }

    private Path file(int seed, int block) {
        return root.resolve(MODEL).resolve(keys(seed, block + 1).get(block).hex() + ".kv");
    }

    private static KvFileCounts counts(KvCache cache) {
        return cache.fileCounts().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void whatLeavesMemoryComesBackBitForBit(KvStorage each) throws IOException {
        storage = each;
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 3);
            compute(cache, 2, 4);
            assertThat(counts(cache).written()).isEqualTo(7);
            assertThat(reuse(cache, 1, 3)).isEqualTo(48);
            assertThat(counts(cache).read()).isEqualTo(3);
            // Most of the second prompt had to make room.
            assertThat(reuse(cache, 2, 4)).isEqualTo(64);
            cache.checkFiles();
            assertThat(counts(cache).damaged()).isZero();
            assertThat(counts(cache).dropped()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsInMemoryAtTheEndIsThereAfterARestart(KvStorage each) throws IOException {
        storage = each;
        try (KvCache cache = open(8, PLENTY)) {
            compute(cache, 1, 3);
            compute(cache, 2, 2);
        }
        assertThat(files()).hasSize(5);
        try (KvCache cache = open(8, PLENTY)) {
            assertThat(counts(cache).blocks()).isEqualTo(5);
            assertThat(reuse(cache, 1, 3)).isEqualTo(48);
            assertThat(reuse(cache, 2, 4)).isEqualTo(32);
            assertThat(reuse(cache, 3, 4)).isZero();
            cache.checkFiles();
        }
        assertThat(files()).hasSize(5);
    }

    @Test
    void aBlockThatIsInAFileIsNotWrittenAgain() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 4);
            compute(cache, 2, 4);
            assertThat(reuse(cache, 1, 4)).isEqualTo(64);
            assertThat(reuse(cache, 2, 4)).isEqualTo(64);
            assertThat(counts(cache).written()).isEqualTo(8);
        }
    }

    @Test
    void aFetchMakesNoRoomAtTheCostOfItsOwnPrefix() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 4);
            compute(cache, 2, 2);
            // In memory are the second prompt and the first half of the first, which is older.
            assertThat(reuse(cache, 1, 4)).isEqualTo(64);
            assertThat(counts(cache).read()).isEqualTo(2);
        }
    }

    @Test
    void aFetchTakesNoMoreThanThereIsRoomFor() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 4);
            compute(cache, 2, 4);
            BlockTable other = cache.allocate(20);
            cache.touch(other, 0);
            cache.touch(other, 19);
            KvFetch fetch = cache.fetch(keys(1, 4), 0, () -> {}).orElseThrow();
            cache.take(fetch);
            cache.take(fetch);
            cache.checkIntegrity();
            assertThat(cache.keptBlocks()).isEqualTo(2);
            assertThat(cache.allocate(KvDemand.of(2 * BLOCK, keys(1, 4))).cachedTokens())
                    .isEqualTo(32);
            cache.release(other);
        }
    }

    @Test
    void anotherModelFindsNothing() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 3);
        }
        model = OTHER_MODEL;
        try (KvCache cache = open(4, PLENTY)) {
            assertThat(reuse(cache, 1, 3)).isZero();
        }
    }

    @Test
    void theFolderIsBoundedAndTheLeastRecentlyUsedGoFirst() throws IOException {
        long maxBytes = 5 * F32_FILE + F32_FILE / 2;
        try (KvCache cache = open(4, maxBytes)) {
            compute(cache, 1, 4);
            compute(cache, 2, 4);
            compute(cache, 3, 4);
            cache.checkFiles();
            assertThat(counts(cache).bytes()).isEqualTo(5 * F32_FILE);
        }
        // At the end the third came from memory, its beginning as the last used.
        try (KvCache cache = open(4, maxBytes)) {
            assertThat(counts(cache).blocks()).isEqualTo(5);
            assertThat(reuse(cache, 3, 4)).isEqualTo(64);
            assertThat(reuse(cache, 1, 4)).isZero();
            assertThat(reuse(cache, 2, 4)).isEqualTo(16);
        }
        // What was read is younger than what was not.
        try (KvCache cache = open(4, F32_FILE)) {
            assertThat(counts(cache).blocks()).isEqualTo(1);
            assertThat(reuse(cache, 2, 4)).isEqualTo(16);
        }
    }

    @Test
    void whatOtherModelsLeftGoesFirstButNotWhatIsInUse() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 3);
        }
        Path note = Files.writeString(root.resolve(MODEL).resolve("note.txt"), "not ours");
        Path photos = Files.createDirectory(root.resolve("photos"));
        model = OTHER_MODEL;
        try (KvCache cache = open(4, 4 * F32_FILE)) {
            assertThat(counts(cache).blocks()).isZero();
            assertThat(counts(cache).bytes()).isEqualTo(3 * F32_FILE);
            compute(cache, 1, 2);
        }
        assertThat(files()).isEmpty();
        assertThat(note).exists();
        assertThat(photos).exists();

        try (KvCache inUse = open(4, PLENTY)) {
            model = MODEL;
            try (KvCache cache = open(4, F32_FILE)) {
                compute(cache, 1, 4);
            }
            assertThat(reuse(inUse, 1, 2)).isEqualTo(32);
            inUse.checkFiles();
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void aSecondOwnerIsRefusedUntilTheFirstHasGone() throws IOException {
        KvCache first = open(4, PLENTY);
        assertThatThrownBy(() -> open(4, PLENTY))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(
                        MODEL
                                + ": another process keeps this model's keys and values there; give"
                                + " each a --kv-cache-dir of its own");
        compute(first, 1, 1);
        first.close();
        first.close();
        try (KvCache second = open(4, PLENTY)) {
            assertThat(reuse(second, 1, 1)).isEqualTo(16);
        }
    }

    @Test
    void aFolderTooSmallForABlockIsRefused() {
        assertThatThrownBy(() -> open(4, F32_FILE - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the folder for keys and values must have room for one block of 36864"
                                + " bytes at least, got 36863");
    }

    @Test
    void aFileInTheFoldersPlaceIsRefused() throws IOException {
        Files.writeString(root.resolve(MODEL), "in the way");
        assertThatThrownBy(() -> open(4, PLENTY))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(MODEL + ": this is not a folder");
    }

    /** Of 33,840 bytes: magic, key, checksum, zero, the first and the last of the contents. */
    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 39, 40, 43, 44, 47, 48, 33_839})
    void aFileOfWhichAnyByteIsWrongIsDeletedAndComputedAgain(int at) throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 4);
        }
        byte[] bytes = Files.readAllBytes(file(1, 1));
        bytes[at] ^= 1;
        Files.write(file(1, 1), bytes);
        try (KvCache cache = open(4, PLENTY)) {
            assertThat(reuse(cache, 1, 4)).isEqualTo(16);
            assertThat(counts(cache).damaged()).isEqualTo(1);
            assertThat(file(1, 1)).doesNotExist();
            cache.checkFiles();
            compute(cache, 1, 4);
        }
        try (KvCache cache = open(4, PLENTY)) {
            assertThat(reuse(cache, 1, 4)).isEqualTo(64);
        }
    }

    @Test
    void filesOfAWrongLengthAreDeletedWhenTheFolderIsOpened() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 4);
        }
        byte[] bytes = Files.readAllBytes(file(1, 0));
        Files.write(file(1, 0), new byte[0]);
        Files.write(file(1, 1), Arrays.copyOf(bytes, bytes.length - 1));
        Files.write(file(1, 2), Arrays.copyOf(bytes, bytes.length + 1));
        Path unfinished = Files.write(root.resolve(MODEL).resolve("abc.tmp"), bytes);
        try (KvCache cache = open(4, PLENTY)) {
            assertThat(counts(cache).blocks()).isEqualTo(1);
            cache.checkFiles();
            assertThat(unfinished).doesNotExist();
            assertThat(reuse(cache, 1, 4)).isZero();
        }
    }

    @Test
    void whatHappensToFilesMeanwhileDoesNotHurt() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 4);
        }
        try (KvCache cache = open(4, PLENTY)) {
            Files.delete(file(1, 3));
            // The block of another prompt under this one's name.
            Files.copy(file(1, 0), file(9, 0));
            Files.delete(file(1, 2));
            Files.move(file(9, 0), file(1, 2));
            assertThat(reuse(cache, 1, 4)).isEqualTo(32);
            assertThat(counts(cache).damaged()).isEqualTo(1);
            Files.write(file(1, 1), new byte[3]);
        }
        try (KvCache cache = open(4, PLENTY)) {
            assertThat(reuse(cache, 1, 4)).isEqualTo(16);
        }
    }

    @Test
    void aLinkIsNotFollowed(@TempDir Path elsewhere) throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 1);
        }
        Path target = Files.move(file(1, 0), elsewhere.resolve("target"));
        Files.createSymbolicLink(file(1, 0), target);
        try (KvCache cache = open(4, PLENTY)) {
            assertThat(reuse(cache, 1, 1)).isZero();
            compute(cache, 1, 1);
        }
        assertThat(Files.isSymbolicLink(file(1, 0))).isFalse();
        assertThat(target).exists();
    }

    @Test
    void onlyTheOwnerMayReadWhatIsKept() throws IOException {
        assumeTrue(
                root.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "this file system has no permissions");
        root = root.resolve("made");
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 1);
        }
        Path folder = root.resolve(MODEL);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        open(4, PLENTY).close();
        for (Path each : List.of(root, folder)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .isEqualTo("rwx------");
        }
        for (Path each : List.of(file(1, 0), folder.resolve("lock"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aDiskThatIsTooSlowLosesBlocksAndNothingElse() throws IOException {
        io = heldBack::add;
        storage = KvStorage.F32;
        int queue = (64 << 20) / 33_840;
        try (KvCache cache = open(2, PLENTY)) {
            for (int i = 0; i < queue + 5; i++) {
                compute(cache, i, 1);
            }
            // Five were not taken when they were computed, nor three of them when they left.
            assertThat(counts(cache).dropped()).isEqualTo(8);
            assertThat(counts(cache).written()).isZero();
            heldBack.forEach(Runnable::run);
            heldBack.clear();
            assertThat(counts(cache).written()).isEqualTo(queue);
            cache.checkFiles();
        }
    }

    @Test
    void aBlockThatLeavesMemoryBeforeItIsWrittenIsWrittenAsItWas() throws IOException {
        io = heldBack::add;
        try (KvCache cache = open(2, PLENTY)) {
            compute(cache, 1, 2);
            compute(cache, 2, 2);
            heldBack.forEach(Runnable::run);
            cache.checkFiles();
        }
        io = Runnable::run;
        try (KvCache cache = open(2, PLENTY)) {
            assertThat(reuse(cache, 1, 2)).isEqualTo(32);
            assertThat(reuse(cache, 2, 2)).isEqualTo(32);
        }
    }

    @Test
    void whatWaitsToBeWrittenIsWrittenAtTheEnd() throws IOException {
        io = heldBack::add;
        try (KvCache cache = open(2, PLENTY)) {
            compute(cache, 1, 2);
            compute(cache, 2, 2);
        }
        assertThat(files()).hasSize(4);
        heldBack.forEach(Runnable::run);
        assertThat(files()).hasSize(4);
    }

    @Test
    void aFewFetchesAtATimeAndEachTellsWhenItIsDone() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            compute(cache, 1, 1);
            compute(cache, 2, 1);
            compute(cache, 3, 1);
        }
        io = heldBack::add;
        try (KvCache cache = open(4, PLENTY)) {
            int[] arrived = {0};
            KvFetch first = cache.fetch(keys(1, 1), 0, () -> arrived[0]++).orElseThrow();
            cache.fetch(keys(2, 1), 0, () -> arrived[0]++).orElseThrow();
            assertThat(cache.fetch(keys(3, 1), 0, () -> arrived[0]++)).isEmpty();
            assertThat(cache.fetch(keys(9, 1), 0, () -> {}).orElseThrow().isDone()).isTrue();
            assertThat(first.isDone()).isFalse();
            assertThatThrownBy(() -> cache.take(first))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the blocks are still being read");
            heldBack.remove().run();
            assertThat(first.isDone()).isTrue();
            assertThat(arrived[0]).isEqualTo(1);
            assertThat(cache.fetch(keys(3, 1), 0, () -> {})).isPresent();
        }
    }

    @Test
    void aCacheThatSharesNothingKeepsNothing() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            cache.shareNothing();
            compute(cache, 1, 2);
            assertThat(cache.keptBlocks()).isZero();
            assertThat(reuse(cache, 1, 2)).isZero();
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aKeyIsFoundAgainFromItsName() {
        PrefixKey key = keys(5, 1).getFirst();
        assertThat(PrefixKey.ofHex(key.hex())).isEqualTo(key);
        assertThatThrownBy(() -> PrefixKey.ofHex("abcd"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsComputedFasterIsNotReadUntilItIsTriedAgain() throws IOException {
        try (KvCache cache = open(4, PLENTY)) {
            readingNanos = 20_000_000;
            assertThat(isRead(cache, 0)).isTrue();
            // A block is read in 5 ms and computed in 6.4.
            assertThat(isRead(cache, 400_000)).isTrue();
            // In 2.4 now, which is less until 5 has been forgotten: 0.98^37 of it is 2.4.
            for (int i = 0; i < 37; i++) {
                assertThat(isRead(cache, 150_000)).isFalse();
            }
            assertThat(isRead(cache, 150_000)).isTrue();
            assertThat(isRead(cache, 150_000)).isFalse();
        }
    }

    /** Whether a prompt of four blocks that is in files only is read. */
    private static boolean isRead(KvCache cache, double tokenNanos) {
        compute(cache, 1, 4);
        compute(cache, 2, 4);
        long before = counts(cache).read();
        cache.take(cache.fetch(keys(1, 4), tokenNanos, () -> {}).orElseThrow());
        return counts(cache).read() > before;
    }
}
