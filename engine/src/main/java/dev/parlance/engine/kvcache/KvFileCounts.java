package dev.parlance.engine.kvcache;

/**
 * What a cache's files hold, and what became of them since it was made.
 *
 * @param blocks files there are now
 * @param bytes they take on the disk, those of other models in the same folder included
 * @param read blocks read
 * @param written blocks written
 * @param dropped blocks that were not written, because the disk was too slow or failed
 * @param damaged files that were not what they should be, and were deleted
 * @param blockBytes of one block that was read or written
 */
public record KvFileCounts(
        long blocks,
        long bytes,
        long read,
        long written,
        long dropped,
        long damaged,
        long blockBytes) {}
