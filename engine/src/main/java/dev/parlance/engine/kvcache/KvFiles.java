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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The cache's second tier: blocks in a folder, written and read by other threads, so that the
 * engine thread never waits for the disk. What cannot be written in time is dropped, what cannot be
 * read is computed anew.
 *
 * <p>Threads: {@link #offer}, {@link #contains} and {@link #fetch} are the engine thread's and
 * return at once; {@link #save} and {@link #close} come when it has ended.
 */
final class KvFiles implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KvFiles.class.getName());

    /** Memory that blocks may take while they wait to be written. */
    private static final long MAX_WAITING_BYTES = 64L << 20;

    /** Prompts whose blocks are read at a time: each takes memory beside the pool's. */
    private static final int MAX_FETCHES = 2;

    /** How long a program that ends may write what is still in memory. */
    private static final Duration MAX_SAVING = Duration.ofSeconds(10);

    private final KvFolder folder;
    private final KvFileFormat format;
    private final Executor io;
    private final ArrayBlockingQueue<Write> waiting;

    /** Held while one block is written; guards the buffer. */
    private final Object writing = new Object();

    private final ByteBuffer writeBuffer;
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicBoolean warned = new AtomicBoolean();

    private record Write(PrefixKey key, KvBlock block, Instant lastUse) {}

    KvFiles(KvFolder folder, KvFileFormat format, Executor io) {
        this.folder = folder;
        this.format = format;
        this.io = io;
        this.writeBuffer = format.newBuffer();
        this.waiting =
                new ArrayBlockingQueue<>(
                        Math.toIntExact(Math.max(4, MAX_WAITING_BYTES / format.fileBytes())));
    }

    /**
     * Takes over a block that leaves memory, to be written if it is in no file yet.
     *
     * @return whether the block is now the writer's; if not, its memory may be used again
     */
    boolean offer(PrefixKey key, KvBlock block) {
        if (folder.use(key)) {
            return false;
        }
        boolean taken = waiting.offer(new Write(key, block, Instant.now()));
        if (taken) {
            io.execute(this::writeNext);
        } else {
            dropped.incrementAndGet();
        }
        return taken;
    }

    boolean contains(PrefixKey key) {
        return folder.contains(key);
    }

    private void writeNext() {
        synchronized (writing) {
            Write next = waiting.poll();
            if (next != null) {
                write(next);
            }
        }
    }

    private void write(Write block) {
        FileTime lastUse = FileTime.from(block.lastUse());
        try {
            if (folder.write(block.key(), block.block(), lastUse, writeBuffer)) {
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
            try {
                read(wanted, blocks);
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
     * Writes what waits for it, and what is in memory when the program ends.
     *
     * @param blocks most recently used first, for there is a limit of time and of room
     */
    void save(SequencedMap<PrefixKey, KvBlock> blocks) {
        while (!waiting.isEmpty()) {
            writeNext();
        }
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
            // Each counts as used a little before the one that came before it.
            Instant lastUse = start.minusNanos(1000L * saved);
            synchronized (writing) {
                write(new Write(block.getKey(), block.getValue(), lastUse));
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
