package dev.parlance.engine.kvcache;

import dev.parlance.engine.kernel.Kernels;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The pool of KV blocks. A block holds the keys and values of {@value #BLOCK_TOKENS} consecutive
 * positions, for a group of layers that see equally far back: all of them in most models, one group
 * of several where some layers see a window only ({@link KvShape}).
 *
 * <p>Sequences that begin alike share the blocks of what they have in common, and a block that
 * nobody uses any more is kept until its memory is wanted, in case another sequence begins so: the
 * least recently used one goes first, the end of a prefix before its beginning. A prefix can be
 * reused up to where all is there that the row after it sees: everything, and of layers with a
 * window that window. If there are files ({@link #keepIn}), a block that others may use is also
 * written to one, from which {@link #fetch} and {@link #take} bring it back.
 *
 * <p>A {@link BlockTable} has a claim to all blocks that its sequence can come to need at once, and
 * takes one with the first position it keeps in it. What has left the window ({@link #slide}) is
 * given back, and the claim returns.
 *
 * <p>Invariant: every block is free, or used by at least one table, or kept; and as many as there
 * are claims to can be taken. {@link #checkIntegrity} tests it. Memory for a block is taken when it
 * is first used. Threads: the engine thread allocates, publishes and releases; the kernel pool
 * reads and writes blocks of the running step; other threads write and read files.
 */
public final class KvCache implements AutoCloseable {
    /** Positions per block. */
    public static final int BLOCK_TOKENS = 16;

    private final KvShape shape;
    private final KvGroups groups;
    private final KvStorage storage;
    private final KvLayout layout;
    private final @Nullable KvBlock[] blocks;

    /** How many tables use a block. */
    private final int[] users;

    /** What a block is known to hold, if others may use it. */
    private final @Nullable PrefixKey[] keys;

    private final Map<PrefixKey, Integer> known = new HashMap<>();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** Known blocks without a user, least recently used first. */
    private final SequencedSet<Integer> kept = new LinkedHashSet<>();

    /** Those that have not been released. */
    private final Set<BlockTable> tables = new HashSet<>();

    /**
     * How many unused blocks are spoken for: the claims of all tables, and of each block with a
     * window one for every user beyond the first. For when it leaves the window of one of them,
     * that table has a claim again, though the block is still used by the others.
     */
    private int claimed;

    private boolean sharing = true;
    private volatile @Nullable KvFiles files;

    /**
     * @param blockCount how many blocks the pool has
     */
    public KvCache(KvShape shape, KvStorage storage, int blockCount) {
        this.shape = shape;
        this.groups = shape.groups();
        this.storage = storage;
        this.layout = KvLayout.of(shape, storage);
        this.blocks = new KvBlock[blockCount];
        this.users = new int[blockCount];
        this.keys = new PrefixKey[blockCount];
        for (int i = 0; i < blockCount; i++) {
            free.add(i);
        }
    }

    /** From now on nothing is kept or shared; for a cache that has not been used. */
    public void shareNothing() {
        sharing = false;
    }

    /**
     * From now on blocks that others may use go to files too.
     *
     * @param folder shared by models; made, for its owner only, if it is not there
     * @param model 32 hexadecimal digits that stand for everything that decides what a block of
     *     given tokens holds
     * @param maxBytes of all files in the folder but those of other models that are being served
     * @param io runs the tasks that write and read, on other threads
     * @param clock nanoseconds, by which reading is measured
     * @throws IOException if the folder cannot be used, or another process serves the same model
     *     with it
     * @throws IllegalArgumentException if there is no room for a single block
     */
    public void keepIn(Path folder, String model, long maxBytes, Executor io, LongSupplier clock)
            throws IOException {
        KvFileFormat format = new KvFileFormat(storage, layout);
        files = new KvFiles(KvFolder.open(folder, model, maxBytes, format), format, io, clock);
    }

    /** What the files hold and what became of them; empty without files. Threads: safe. */
    public Optional<KvFileCounts> fileCounts() {
        return Optional.ofNullable(files).map(KvFiles::counts);
    }

    public KvShape shape() {
        return shape;
    }

    public KvStorage storage() {
        return storage;
    }

    public int blockCount() {
        return blocks.length;
    }

    /** Blocks that nobody uses or has a claim to, kept ones included. */
    public int freeBlocks() {
        return unused() - claimed;
    }

    private int unused() {
        return free.size() + kept.size();
    }

    /** Blocks that are kept in case a sequence begins so, and that nobody has a claim to. */
    public int keptBlocks() {
        return Math.min(kept.size(), freeBlocks());
    }

    /** Whether {@link #allocate} has enough blocks. */
    public boolean canAllocate(KvDemand demand) {
        return blocksWanted(demand) <= freeBlocks();
    }

    private int blocksWanted(KvDemand demand) {
        int reused = reusableBlocks(demand.prefix(), known::containsKey);
        int wanted = 0;
        for (int group = 0; group < groups.count(); group++) {
            wanted += blocksFor(group, demand, reused);
            if (!groups.isWindowed(group)) {
                // What others use of these is shared until the end; with a window see claimed.
                for (int i = 0; i < reused; i++) {
                    wanted -= users[knownBlock(demand.prefix().get(i), group)] > 0 ? 1 : 0;
                }
            }
        }
        return wanted;
    }

    /** Most blocks that a sequence has of a group at once, reused ones included. */
    private int blocksFor(int group, KvDemand demand, int reused) {
        int first = groups.firstBlock(group, reused * BLOCK_TOKENS);
        return groups.blocksFor(group, demand.tokens() - first * BLOCK_TOKENS, demand.ahead());
    }

    /**
     * Gives a sequence a claim to what it wants; its first blocks are those whose contents are
     * known already. The caller has seen that enough are free.
     */
    public BlockTable allocate(KvDemand demand) {
        if (!canAllocate(demand)) {
            throw new IllegalStateException(
                    blocksWanted(demand) + " KV blocks wanted, " + freeBlocks() + " free");
        }
        int reused = reusableBlocks(demand.prefix(), known::containsKey);
        int size = Math.ceilDiv(demand.tokens(), BLOCK_TOKENS);
        BlockTable table = new BlockTable(groups.count(), size, reused * BLOCK_TOKENS);
        tables.add(table);
        for (int group = 0; group < groups.count(); group++) {
            claim(table, group, blocksFor(group, demand, reused));
            int first = groups.firstBlock(group, table.cachedTokens());
            table.setFirst(group, first);
            for (int i = first; i < reused; i++) {
                share(table, group, i, knownBlock(demand.prefix().get(i), group));
            }
        }
        return table;
    }

    /** For a sequence that keeps all its positions and reuses nothing. */
    public BlockTable allocate(int tokens) {
        return allocate(KvDemand.of(tokens, List.of()));
    }

    /**
     * Up to where a prefix need not be computed.
     *
     * @param isThere whether there is a block of this key
     */
    private int reusableBlocks(List<PrefixKey> prefix, Predicate<PrefixKey> isThere) {
        int reusable = 0;
        // Per group, how many there are without a gap.
        int[] there = new int[groups.count()];
        for (int count = 1; count <= prefix.size(); count++) {
            boolean enough = true;
            for (int group = 0; group < groups.count(); group++) {
                boolean found = isThere.test(prefix.get(count - 1).ofGroup(group));
                there[group] = found ? there[group] + 1 : 0;
                if (!found && !groups.isWindowed(group)) {
                    return reusable;
                }
                int first = groups.firstBlock(group, count * BLOCK_TOKENS);
                enough &= there[group] >= count - first;
            }
            if (enough) {
                reusable = count;
            }
        }
        return reusable;
    }

    private int knownBlock(PrefixKey key, int group) {
        return Objects.requireNonNull(known.get(key.ofGroup(group)));
    }

    private void claim(BlockTable table, int group, int count) {
        table.addClaims(group, count);
        claimed += count;
    }

    /** A table uses a block that there is, instead of one of its own. */
    private void share(BlockTable table, int group, int index, int id) {
        claim(table, group, -1);
        if (users[id]++ == 0) {
            kept.remove(id);
        } else if (groups.isWindowed(group)) {
            claimed++;
        }
        table.put(group, index, id);
    }

    /** A table begins to use a block of its own. */
    private void takeOwn(BlockTable table, int group, int index) {
        if (table.claims(group) == 0) {
            throw new IllegalStateException("a KV block that nobody has a claim to is wanted");
        }
        claim(table, group, -1);
        int id = takeFree();
        users[id] = 1;
        table.put(group, index, id);
    }

    private int takeFree() {
        Integer id = free.poll();
        if (id == null) {
            id = kept.removeFirst();
            forget(id);
        }
        return id;
    }

    private void forget(int id) {
        PrefixKey key = keys[id];
        KvBlock block = blocks[id];
        if (key == null) {
            throw new IllegalStateException("KV block " + id + " is kept without a key");
        }
        known.remove(key);
        keys[id] = null;
        if (files != null && block != null && files.takeOver(key, block)) {
            // Its memory belongs to the writer now.
            blocks[id] = null;
        }
    }

    /**
     * Starts to read the blocks of a prefix that are in files and not in memory, unless computing
     * them is faster. Engine thread only.
     *
     * @param prefix as in {@link KvDemand}
     * @param tokenNanos what computing a position takes; 0 if that is not known
     * @param arrived run by another thread when all has been read
     * @return what {@link #take} puts into memory, done at once if there is nothing to read; empty
     *     if too much is being read already
     */
    public Optional<KvFetch> fetch(List<PrefixKey> prefix, double tokenNanos, Runnable arrived) {
        KvFiles readable = files;
        if (readable == null) {
            return Optional.of(KvFetch.nothing());
        }
        int reusable =
                reusableBlocks(prefix, key -> known.containsKey(key) || readable.contains(key));
        List<PrefixKey> needed = new ArrayList<>();
        for (int i = 0; i < reusable; i++) {
            for (int group = 0; group < groups.count(); group++) {
                if (i >= groups.firstBlock(group, reusable * BLOCK_TOKENS)) {
                    needed.add(prefix.get(i).ofGroup(group));
                }
            }
        }
        List<PrefixKey> wanted = needed.stream().filter(key -> !known.containsKey(key)).toList();
        int computed = reusable - reusableBlocks(prefix, known::containsKey);
        double computingNanos = computed * BLOCK_TOKENS * tokenNanos;
        return wanted.isEmpty() || !readable.readingPays(wanted.size(), computingNanos)
                ? Optional.of(KvFetch.nothing())
                : Optional.ofNullable(readable.fetch(needed, wanted, arrived));
    }

    /**
     * Keeps the blocks that a fetch has read, as far as there is memory for them beside those of
     * the same prefix that were there. Does nothing the second time. Engine thread only.
     *
     * @throws IllegalStateException if the fetch is not done
     */
    public void take(KvFetch fetch) {
        Map<PrefixKey, KvBlock> read = fetch.takeBlocks();
        List<Integer> prefix = new ArrayList<>();
        for (PrefixKey key : read.isEmpty() ? List.<PrefixKey>of() : fetch.prefix()) {
            Integer id = known.get(key);
            if (id == null) {
                KvBlock block = read.get(key);
                if (block == null || unused() == 0) {
                    break;
                }
                id = takeFree();
                blocks[id] = block;
                keys[id] = key;
                known.put(key, id);
            }
            if (users[id] == 0) {
                // Held out of what may leave until all are there.
                kept.remove(id);
                prefix.add(id);
            }
        }
        // The end first, as in release.
        kept.addAll(prefix.reversed());
    }

    /**
     * Lets other sequences use a block, whose positions must all have been computed, unless nothing
     * is shared.
     *
     * @param index of the block in the table
     */
    public void publish(BlockTable table, int index, PrefixKey key) {
        if (sharing) {
            for (int group = 0; group < groups.count(); group++) {
                publish(table.block(group, index), key.ofGroup(group));
            }
        }
    }

    private void publish(int id, PrefixKey key) {
        if (keys[id] == null && known.putIfAbsent(key, id) == null) {
            keys[id] = key;
            KvBlock block = blocks[id];
            if (files != null && block != null) {
                files.offer(key, block);
            }
        }
    }

    /**
     * Gives back what no row from a position on sees; all before it have been computed, and none of
     * them is to be computed again.
     */
    public void slide(BlockTable table, int position) {
        for (int group = 0; group < groups.count(); group++) {
            int end = groups.firstBlock(group, position);
            for (int i = table.first(group); i < end; i++) {
                giveBack(table, group, i);
                claim(table, group, 1);
                table.setFirst(group, i + 1);
            }
        }
    }

    /** Gives a table's blocks back; the table must not be used again. */
    public void release(BlockTable table) {
        if (!tables.remove(table)) {
            throw new IllegalStateException("KV blocks are released twice");
        }
        List<PrefixKey> prefix = new ArrayList<>();
        // The end first, so that it is the first to go of those that are kept.
        for (int i = table.size() - 1; i >= 0; i--) {
            for (int group = groups.count() - 1; group >= 0; group--) {
                if (table.has(group, i)) {
                    PrefixKey key = keys[table.block(group, i)];
                    if (key != null) {
                        prefix.add(key);
                    }
                    giveBack(table, group, i);
                }
            }
        }
        for (int group = 0; group < groups.count(); group++) {
            claim(table, group, -table.claims(group));
        }
        if (files != null) {
            files.used(prefix.reversed());
        }
    }

    private void giveBack(BlockTable table, int group, int index) {
        int id = table.block(group, index);
        table.put(group, index, BlockTable.NONE);
        if (--users[id] > 0) {
            claimed -= groups.isWindowed(group) ? 1 : 0;
        } else if (keys[id] == null) {
            // Used again first: its memory has been taken already.
            free.push(id);
        } else {
            kept.add(id);
        }
    }

    /** Bytes of one block once it is used. */
    public long blockBytes() {
        return KvBlock.bytes(storage, layout);
    }

    /** Whether a table still has what the row at a position sees. */
    public boolean seesFrom(BlockTable table, int position) {
        for (int group = 0; group < groups.count(); group++) {
            if (table.first(group) > groups.firstBlock(group, position)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Gives another sequence, which has none yet, the keys and values of the first {@code tokens}
     * positions, as far as later ones see them: whole blocks are shared from now on, the rest is
     * copied. Engine thread only.
     *
     * @param from {@linkplain #seesFrom sees} from position {@code tokens} on
     */
    public void copyPrefix(BlockTable from, BlockTable to, int tokens) {
        int whole = tokens / BLOCK_TOKENS;
        for (int group = 0; group < groups.count(); group++) {
            int first = groups.firstBlock(group, tokens);
            to.setFirst(group, first);
            for (int i = first; i < whole; i++) {
                share(to, group, i, from.block(group, i));
            }
            if (tokens % BLOCK_TOKENS > 0) {
                takeOwn(to, group, whole);
                blocks[to.block(group, whole)] = block(from, group, tokens - 1).copy();
            }
        }
    }

    /**
     * Takes the blocks that hold a position, and their memory, if that has not been done yet.
     * Engine thread only; must come before {@link #write}.
     *
     * @throws IllegalStateException if the position is beyond what the table has claims for
     */
    public void touch(BlockTable table, int position) {
        int index = position / BLOCK_TOKENS;
        for (int group = 0; group < groups.count(); group++) {
            if (!table.has(group, index)) {
                takeOwn(table, group, index);
            }
            int id = table.block(group, index);
            if (blocks[id] == null) {
                blocks[id] = KvBlock.of(storage, layout);
            }
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
        KvBlock block = block(table, groups.groupOfLayer()[layer], position);
        for (int head = 0; head < layout.heads(); head++) {
            int at = head * layout.headLength();
            block.write(
                    layout,
                    groups.placeOfLayer()[layer],
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
        block(table, groups.groupOfLayer()[layer], position)
                .readKeys(layout, groups.placeOfLayer()[layer], head, kernels, tile);
    }

    /** The same for values. */
    public void readValues(
            BlockTable table, int position, int layer, int head, Kernels kernels, KvTile tile) {
        block(table, groups.groupOfLayer()[layer], position)
                .readValues(layout, groups.placeOfLayer()[layer], head, kernels, tile);
    }

    private KvBlock block(BlockTable table, int group, int position) {
        int index = position / BLOCK_TOKENS;
        KvBlock block = table.has(group, index) ? blocks[table.block(group, index)] : null;
        if (block == null) {
            throw new IllegalStateException("position " + position + " has no KV block");
        }
        return block;
    }

    /**
     * Tests that every block is free, used or kept, and only one of these, that what is known of
     * blocks agrees, and that all claims can be met.
     *
     * @throws IllegalStateException if not
     */
    public void checkIntegrity() {
        int[] found = new int[blocks.length];
        int claims = 0;
        for (BlockTable table : tables) {
            for (int group = 0; group < groups.count(); group++) {
                claims += table.claims(group);
                for (int i = 0; i < table.size(); i++) {
                    if (table.has(group, i) && found[table.block(group, i)]++ > 0) {
                        claims += groups.isWindowed(group) ? 1 : 0;
                    }
                }
            }
        }
        if (claims != claimed || freeBlocks() < 0) {
            throw new IllegalStateException(
                    claims + " KV blocks are claimed, counted " + claimed + ", unused " + unused());
        }
        BitSet seen = new BitSet();
        for (Collection<Integer> unused : List.of(free, kept)) {
            for (int id : unused) {
                if (seen.get(id) || users[id] != 0) {
                    throw new IllegalStateException(
                            "KV block " + id + " is free twice or free and used");
                }
                seen.set(id);
            }
        }
        for (int id = 0; id < blocks.length; id++) {
            boolean used = users[id] > 0;
            if (users[id] != found[id]) {
                throw new IllegalStateException(
                        "KV block " + id + " has " + found[id] + " users, counted " + users[id]);
            }
            if (!used && !seen.get(id)) {
                throw new IllegalStateException("KV block " + id + " is lost");
            }
            if (!used && kept.contains(id) != (keys[id] != null)) {
                throw new IllegalStateException("KV block " + id + " is kept without a key");
            }
            if (keys[id] != null && !Objects.equals(known.get(keys[id]), id)) {
                throw new IllegalStateException("KV block " + id + " is not found by its key");
            }
        }
        if (known.size() != Arrays.stream(keys).filter(Objects::nonNull).count()) {
            throw new IllegalStateException("a key of a KV block is known that none has");
        }
    }

    /**
     * Tests that the files are those that are known, and within their bound. To be called while no
     * task of theirs is running.
     *
     * @throws IllegalStateException if not
     */
    public void checkFiles() {
        if (files != null) {
            files.checkIntegrity();
        }
    }

    /**
     * Sees to it that what is kept is in the files, if there are any, most recently used blocks
     * first and for some seconds at most. Nothing may be done with the cache afterwards; closing
     * twice is harmless. Called when the engine thread has ended.
     */
    @Override
    public void close() {
        if (files != null) {
            SequencedMap<PrefixKey, KvBlock> blocksOfKeys = new LinkedHashMap<>();
            for (int id : kept.reversed()) {
                blocksOfKeys.put(
                        Objects.requireNonNull(keys[id]), Objects.requireNonNull(blocks[id]));
            }
            files.save(blocksOfKeys);
            files.close();
            files = null;
        }
    }
}
