package dev.parlance.engine.kvcache;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * Blocks of a prefix on their way from files to memory, where {@link KvCache#take} puts them.
 *
 * <p>Threads: safe; some thread reads, the engine thread takes.
 */
public final class KvFetch {
    private final List<PrefixKey> prefix;
    private volatile @Nullable Map<PrefixKey, KvBlock> blocks;

    /**
     * @param prefix keys of the sequence's first blocks, whether in files or in memory
     */
    KvFetch(List<PrefixKey> prefix) {
        this.prefix = List.copyOf(prefix);
    }

    /** One that brings nothing. */
    static KvFetch nothing() {
        KvFetch nothing = new KvFetch(List.of());
        nothing.complete(Map.of());
        return nothing;
    }

    void complete(Map<PrefixKey, KvBlock> read) {
        blocks = read;
    }

    /** Whether all that can be read has been. */
    public boolean isDone() {
        return blocks != null;
    }

    List<PrefixKey> prefix() {
        return prefix;
    }

    /** What was read, once: a second caller gets nothing. */
    Map<PrefixKey, KvBlock> takeBlocks() {
        Map<PrefixKey, KvBlock> read = blocks;
        if (read == null) {
            throw new IllegalStateException("the blocks are still being read");
        }
        blocks = Map.of();
        return read;
    }
}
