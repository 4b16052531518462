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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.Executor;

/**
 * The pool of KV blocks. A block holds the keys and values of {@value #BLOCK_TOKENS} consecutive
 * positions, for every layer. Sequences that begin alike share the blocks of what they have in
 * common, and a block that nobody uses any more is kept until its memory is wanted, in case another
 * sequence begins so: the least recently used one goes first, the end of a prefix before its
 * beginning. If there are files ({@link #keepIn}), a block that others may use is also written to
 * one, from which {@link #fetch} and {@link #take} bring it back.
 *
 * <p>Invariant: every block is free, or used by at least one {@link BlockTable}, or kept; {@link
 * #checkIntegrity} tests it. Memory for a block is taken when it is first used. Threads: the engine
 * thread allocates, publishes and releases; the kernel pool reads and writes blocks of the running
 * step; other threads write and read files.
 */
public final class KvCache implements AutoCloseable {
    /** Positions per block. */
    public static final int BLOCK_TOKENS = 16;

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

    private boolean sharing = true;
    private volatile @Nullable KvFiles files;

    /**
     * @param blockCount how many blocks the pool has
     */
    public KvCache(KvShape shape, KvStorage storage, int blockCount) {
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
     * @throws IOException if the folder cannot be used, or another process serves the same model
     *     with it
     * @throws IllegalArgumentException if there is no room for a single block
     */
    public void keepIn(Path folder, String model, long maxBytes, Executor io) throws IOException {
        KvFileFormat format = new KvFileFormat(storage, layout);
        files = new KvFiles(KvFolder.open(folder, model, maxBytes, format), format, io);
    }

    /** What the files hold and what became of them; empty without files. Threads: safe. */
    public Optional<KvFileCounts> fileCounts() {
        return Optional.ofNullable(files).map(KvFiles::counts);
    }

    /** Blocks that {@code tokens} positions take. */
    public static int blocksFor(int tokens) {
        return (tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    }

    public KvStorage storage() {
        return storage;
    }

    public int blockCount() {
        return blocks.length;
    }

    /** Blocks that nobody uses, kept ones included. */
    public int freeBlocks() {
        return free.size() + kept.size();
    }

    /** Blocks that are kept in case a sequence begins so. */
    public int keptBlocks() {
        return kept.size();
    }

    /**
     * Whether {@link #allocate} has enough blocks.
     *
     * @param prefix as there
     */
    public boolean canAllocate(int tokens, List<PrefixKey> prefix) {
        int shared = 0;
        int awakened = 0;
        for (int id : knownBlocks(prefix)) {
            shared++;
            awakened += users[id] == 0 ? 1 : 0;
        }
        return blocksFor(tokens) - shared <= freeBlocks() - awakened;
    }

    /**
     * Takes blocks for {@code tokens} positions, of which the first are those whose contents are
     * known already. The caller has seen that enough are free.
     *
     * @param prefix the keys of the sequence's first blocks, fewer than {@code tokens} fill; empty:
     *     nothing is to be reused
     */
    public BlockTable allocate(int tokens, List<PrefixKey> prefix) {
        if (!canAllocate(tokens, prefix)) {
            throw new IllegalStateException(
                    blocksFor(tokens) + " KV blocks wanted, " + freeBlocks() + " free");
        }
        int[] ids = new int[blocksFor(tokens)];
        List<Integer> shared = knownBlocks(prefix);
        for (int i = 0; i < shared.size(); i++) {
            ids[i] = shared.get(i);
            use(ids[i]);
        }
        for (int i = shared.size(); i < ids.length; i++) {
            ids[i] = takeFree();
            users[ids[i]] = 1;
        }
        return new BlockTable(ids, shared.size() * BLOCK_TOKENS);
    }

    /** Takes blocks for {@code tokens} positions, none of them known. */
    public BlockTable allocate(int tokens) {
        return allocate(tokens, List.of());
    }

    /** The blocks that hold the first of these, up to one that none holds. */
    private List<Integer> knownBlocks(List<PrefixKey> prefix) {
        List<Integer> found = new ArrayList<>();
        for (PrefixKey key : prefix) {
            Integer id = known.get(key);
            if (id == null) {
                break;
            }
            found.add(id);
        }
        return found;
    }

    private void use(int id) {
        if (users[id]++ == 0) {
            kept.remove(id);
        }
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
     * Starts to read the blocks of a prefix that are in files and not in memory. Engine thread
     * only.
     *
     * @param prefix as {@link #allocate} takes it
     * @param arrived run by another thread when all has been read
     * @return what {@link #take} puts into memory, done at once if there is nothing to read; empty
     *     if too much is being read already
     */
    public Optional<KvFetch> fetch(List<PrefixKey> prefix, Runnable arrived) {
        List<PrefixKey> wanted = new ArrayList<>();
        for (PrefixKey key : prefix) {
            if (!known.containsKey(key)) {
                if (files == null || !files.contains(key)) {
                    break;
                }
                wanted.add(key);
            }
        }
        return files == null || wanted.isEmpty()
                ? Optional.of(KvFetch.nothing())
                : Optional.ofNullable(files.fetch(prefix, wanted, arrived));
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
                if (block == null || freeBlocks() == 0) {
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
        int id = table.block(index);
        if (sharing && keys[id] == null && known.putIfAbsent(key, id) == null) {
            keys[id] = key;
            KvBlock block = blocks[id];
            if (files != null && block != null) {
                files.offer(key, block);
            }
        }
    }

    /** Gives a table's blocks back; the table must not be used again. */
    public void release(BlockTable table) {
        // The end first, so that it is the first to go of those that are kept.
        for (int i = table.size() - 1; i >= 0; i--) {
            giveBack(table.block(i));
        }
        if (files != null) {
            List<PrefixKey> prefix = new ArrayList<>();
            for (int i = 0; i < table.size(); i++) {
                PrefixKey key = keys[table.block(i)];
                if (key != null) {
                    prefix.add(key);
                }
            }
            files.used(prefix);
        }
    }

    private void giveBack(int id) {
        if (users[id] == 0) {
            throw new IllegalStateException("KV block " + id + " is released twice");
        }
        if (--users[id] == 0) {
            if (keys[id] == null) {
                // Used again first: its memory has been taken already.
                free.push(id);
            } else {
                kept.add(id);
            }
        }
    }

    /** Bytes of one block once it is used. */
    public long blockBytes() {
        return KvBlock.bytes(storage, layout);
    }

    /**
     * Gives another sequence the keys and values of the first {@code tokens} positions: whole
     * blocks are shared from now on, the rest is copied. Engine thread only.
     */
    public void copyPrefix(BlockTable from, BlockTable to, int tokens) {
        int whole = tokens / BLOCK_TOKENS;
        for (int i = 0; i < whole; i++) {
            if (to.block(i) != from.block(i)) {
                giveBack(to.block(i));
                use(from.block(i));
                to.replace(i, from.block(i));
            }
        }
        if (tokens % BLOCK_TOKENS > 0) {
            blocks[to.block(whole)] = block(from, tokens - 1).copy();
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
     * Tests that every block is free, used or kept, and only one of these, and that what is known
     * of blocks agrees.
     *
     * @throws IllegalStateException if not
     */
    public void checkIntegrity() {
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
