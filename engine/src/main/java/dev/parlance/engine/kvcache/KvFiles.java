package dev.parlance.engine.kvcache;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The cache's second tier: blocks in a folder, written and read by other threads, so that the
 * engine thread never waits for the disk. What cannot be written in time is dropped, what cannot be
 * read is computed anew.
 *
 * <p>Blocks are written when they have been computed, not when they leave memory: they are computed
 * one after the other, a prompt's beginning before its end, more slowly than any disk writes; but
 * they leave memory all at once, the end first, when a long prompt wants their place. So the writer
 * keeps up, and what a process had computed is there even if it was killed.
 *
 * <p>Threads: all methods that are not marked otherwise are the engine thread's and return at once;
 * {@link #save} and {@link #close} come when it has ended.
 */
final class KvFiles implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KvFiles.class.getName());

    /** Of blocks that wait to be written: memory they take, should they leave the pool. */
    private static final long MAX_WAITING_BYTES = 64L << 20;

    /** Prompts whose blocks are read at a time: each takes memory beside the pool's. */
    private static final int MAX_FETCHES = 2;

    /** How long a program that ends may write what is still in memory. */
    private static final Duration MAX_SAVING = Duration.ofSeconds(10);

    /** How much the newest reading counts in what reading a block is thought to take. */
    private static final double LEARNING = 0.3;

    /** How much less it is thought to take with every time that it did not pay, to try again. */
    private static final double FORGETTING = 0.98;

    private final KvFolder folder;
    private final KvFileFormat format;
    private final Executor io;
    private final LongSupplier clock;
    private final ArrayBlockingQueue<Write> waiting;

    /** Of the blocks that wait, and of the one being written. */
    private final Set<PrefixKey> unwritten = ConcurrentHashMap.newKeySet();

    /** Held while one block is written; guards the buffer. */
    private final Object writing = new Object();

    private final ByteBuffer writeBuffer;
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();

    /**
     * What reading a block takes; 0: not known. An estimate, so that a lost update does no harm.
     */
    private volatile double readNanos;

    private final AtomicBoolean warned = new AtomicBoolean();

    private record Write(PrefixKey key, KvBlock block) {}

    /**
     * @param clock nanoseconds, by which reading is measured
     */
    KvFiles(KvFolder folder, KvFileFormat format, Executor io, LongSupplier clock) {
        this.folder = folder;
        this.format = format;
        this.io = io;
        this.clock = clock;
        this.writeBuffer = format.newBuffer();
        this.waiting =
                new ArrayBlockingQueue<>(
                        Math.toIntExact(Math.max(4, MAX_WAITING_BYTES / format.fileBytes())));
    }

    /**
     * Has a block written, unless it is in a file or too many wait; its contents must not change
     * any more.
     */
    void offer(PrefixKey key, KvBlock block) {
        if (folder.contains(key) || !unwritten.add(key)) {
            return;
        }
        if (waiting.offer(new Write(key, block))) {
            io.execute(this::writeNext);
        } else {
            unwritten.remove(key);
            dropped.incrementAndGet();
        }
    }

    /**
     * Whether the memory of a block that leaves the pool is needed by the writer; if not, it may be
     * used again.
     */
    boolean takeOver(PrefixKey key, KvBlock block) {
        offer(key, block);
        return unwritten.contains(key);
    }

    /** Lets the blocks of a sequence that has ended stay longer, its beginning longest. */
    void used(List<PrefixKey> prefix) {
        Instant now = Instant.now();
        io.execute(() -> {
            // Some of them may wait still.
            writeWaiting();
            try {
                for (int i = prefix.size() - 1; i >= 0; i--) {
                    folder.touch(prefix.get(i), lastUse(now, i));
                }
            } catch (IOException failure) {
                warn("the use of keys and values could not be noted", failure);
            }
        });
    }

    /** Each counts as used a little before the one that comes before it. */
    private static FileTime lastUse(Instant first, int index) {
        return FileTime.from(first.minusNanos(1000L * index));
    }

    boolean contains(PrefixKey key) {
        return folder.contains(key);
    }

    private void writeWaiting() {
        while (!waiting.isEmpty()) {
            writeNext();
        }
    }

    private void writeNext() {
        synchronized (writing) {
            Write next = waiting.poll();
            if (next != null) {
                try {
                    write(next.key(), next.block(), FileTime.from(Instant.now()));
                } finally {
                    unwritten.remove(next.key());
                }
            }
        }
    }

    private void write(PrefixKey key, KvBlock block, FileTime lastUse) {
        try {
            if (folder.write(key, block, lastUse, writeBuffer)) {
                written.incrementAndGet();
            }
        } catch (IOException failure) {
            dropped.incrementAndGet();
            warn("keys and values could not be written", failure);
        }
    }

    /** Once: a full disk would fill the log too. */
    private void warn(String what, Throwable failure) {
        if (warned.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    what + "; further failures are only counted",
                    failure);
        }
    }

    /**
     * Whether blocks are read in less time than it takes to compute what they spare, as far as that
     * is known.
     *
     * @param computingNanos 0 if it is not known
     */
    boolean readingPays(int blocks, double computingNanos) {
        boolean pays = computingNanos == 0 || blocks * readNanos < computingNanos;
        if (!pays) {
            readNanos *= FORGETTING;
        }
        return pays;
    }

    /**
     * Starts to read blocks.
     *
     * @param prefix as {@link KvFetch} has it
     * @param wanted those of it to read, in order; reading ends with the first that cannot be
     * @param arrived run by another thread when the fetch is done
     * @return null if so many are being read that this one has to wait
     */
    @Nullable KvFetch fetch(List<PrefixKey> prefix, List<PrefixKey> wanted, Runnable arrived) {
        if (fetches.get() >= MAX_FETCHES) {
            return null;
        }
        fetches.incrementAndGet();
        KvFetch fetch = new KvFetch(prefix);
        io.execute(() -> {
            Map<PrefixKey, KvBlock> blocks = new HashMap<>();
            long start = clock.getAsLong();
            try {
                read(wanted, blocks);
                learn(blocks.size(), clock.getAsLong() - start);
            } catch (IOException | OutOfMemoryError failure) {
                warn("keys and values could not be read", failure);
            } finally {
                fetch.complete(blocks);
                fetches.decrementAndGet();
                arrived.run();
            }
        });
        return fetch;
    }

    private void read(List<PrefixKey> wanted, Map<PrefixKey, KvBlock> blocks) throws IOException {
        ByteBuffer buffer = format.newBuffer();
        for (PrefixKey key : wanted) {
            switch (folder.read(key, buffer)) {
                case KvFolder.Reading.Block(KvBlock block) -> {
                    blocks.put(key, block);
                    read.incrementAndGet();
                    folder.touch(key, FileTime.from(Instant.now()));
                }
                case KvFolder.Reading.Missing _ -> {
                    return;
                }
                case KvFolder.Reading.Damaged _ -> {
                    damaged.incrementAndGet();
                    return;
                }
            }
        }
    }

    private void learn(int blocks, long nanos) {
        if (blocks > 0) {
            double each = (double) nanos / blocks;
            readNanos += (readNanos == 0 ? 1 : LEARNING) * (each - readNanos);
        }
    }

    /** Any thread's. */
    KvFileCounts counts() {
        return new KvFileCounts(
                folder.blocks(),
                folder.bytes(),
                read.get(),
                written.get(),
                dropped.get(),
                damaged.get(),
                format.fileBytes());
    }

    /**
     * Writes what waits for it, and what is in memory and not in files when the program ends; what
     * is counts as used last, in the order given.
     *
     * @param blocks most recently used first, for there is a limit of time and of room
     */
    void save(SequencedMap<PrefixKey, KvBlock> blocks) {
        writeWaiting();
        Instant start = Instant.now();
        int saved = 0;
        for (Map.Entry<PrefixKey, KvBlock> block : blocks.entrySet()) {
            if (saved == folder.capacity()) {
                return;
            }
            if (Duration.between(start, Instant.now()).compareTo(MAX_SAVING) > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "in {0} seconds only the keys and values of {1} tokens could be saved, of"
                                + " {2}",
                        MAX_SAVING.toSeconds(),
                        String.valueOf(saved * KvCache.BLOCK_TOKENS),
                        String.valueOf(blocks.size() * KvCache.BLOCK_TOKENS));
                return;
            }
            synchronized (writing) {
                write(block.getKey(), block.getValue(), lastUse(start, saved));
            }
            saved++;
        }
    }

    void checkIntegrity() {
        try {
            folder.checkIntegrity();
        } catch (IOException failure) {
            throw new IllegalStateException("the folder of KV blocks cannot be read", failure);
        }
    }

    @Override
    public void close() {
        // Not in the middle of a file.
        synchronized (writing) {
            try {
                folder.close();
            } catch (IOException failure) {
                warn("the folder of keys and values could not be closed", failure);
            }
        }
    }
}
