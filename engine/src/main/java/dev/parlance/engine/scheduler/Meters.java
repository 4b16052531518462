package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.KvFileStatistics;
import dev.parlance.engine.generation.Latencies;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvFileCounts;

import java.util.stream.LongStream;

/**
 * Counts what an engine does. Threads: safe; the engine thread counts, others look.
 *
 * <p>Times are differences of the loop's clock, in nanoseconds.
 */
final class Meters {
    private static final double NANOS = 1e9;

    private final Clocked queueTime = new Clocked();
    private final Clocked firstToken = new Clocked();
    private final Clocked betweenTokens = new Clocked();
    private int running;
    private int kvBlocksUsed;
    private int kvBlocksKept;
    private long promptTokens;
    private long cachedTokens;
    private long generatedTokens;
    private long draftedTokens;
    private long acceptedTokens;
    private long finished;
    private long failed;
    private long cancelled;
    private long timedOut;
    private long rejected;

    private static final class Clocked {
        private final long[] counts = new long[Latencies.BOUNDS.size() + 1];
        private double totalSeconds;

        void add(long nanos) {
            double seconds = nanos / NANOS;
            int bucket = 0;
            while (bucket < Latencies.BOUNDS.size() && seconds > Latencies.BOUNDS.get(bucket)) {
                bucket++;
            }
            counts[bucket]++;
            totalSeconds += seconds;
        }

        Latencies snapshot() {
            return new Latencies(LongStream.of(counts).boxed().toList(), totalSeconds);
        }
    }

    synchronized void began(long waitedNanos) {
        queueTime.add(waitedNanos);
    }

    synchronized void promptDone(int tokens, int cached) {
        promptTokens += tokens;
        cachedTokens += cached;
    }

    synchronized void firstToken(long nanosSinceAcceptance) {
        generatedTokens++;
        firstToken.add(nanosSinceAcceptance);
    }

    synchronized void nextToken(long nanosSinceLast) {
        generatedTokens++;
        betweenTokens.add(nanosSinceLast);
    }

    synchronized void verified(int drafted, int accepted) {
        draftedTokens += drafted;
        acceptedTokens += accepted;
    }

    synchronized void finished() {
        finished++;
    }

    synchronized void ended(Cause cause) {
        switch (cause) {
            case CANCELLED -> cancelled++;
            case TIMEOUT -> timedOut++;
            case SHUTDOWN, ERROR -> failed++;
        }
    }

    synchronized void rejected() {
        rejected++;
    }

    /** What is so after a step. */
    synchronized void occupied(int runningSequences, KvCache cache) {
        running = runningSequences;
        kvBlocksUsed = cache.blockCount() - cache.freeBlocks();
        kvBlocksKept = cache.keptBlocks();
    }

    synchronized BackendStatistics snapshot(WaitingRoom waiting, KvCache cache) {
        return new BackendStatistics(
                running,
                waiting.requests(),
                waiting.tokens(),
                cache.blockCount(),
                kvBlocksUsed,
                kvBlocksKept,
                KvCache.BLOCK_TOKENS,
                promptTokens,
                cachedTokens,
                generatedTokens,
                draftedTokens,
                acceptedTokens,
                finished,
                failed,
                cancelled,
                timedOut,
                rejected,
                queueTime.snapshot(),
                firstToken.snapshot(),
                betweenTokens.snapshot(),
                cache.fileCounts().map(Meters::kvFiles));
    }

    private static KvFileStatistics kvFiles(KvFileCounts counts) {
        return new KvFileStatistics(
                counts.blocks(),
                counts.bytes(),
                counts.read(),
                counts.read() * counts.blockBytes(),
                counts.written(),
                counts.written() * counts.blockBytes(),
                counts.dropped(),
                counts.damaged());
    }
}
