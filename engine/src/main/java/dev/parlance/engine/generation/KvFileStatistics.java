package dev.parlance.engine.generation;

/**
 * Keys and values that are in files, and what became of them since the engine was started.
 *
 * @param blocks in files now
 * @param bytes of all files now, those that other models have left included
 * @param blocksRead instead of being computed
 * @param bytesRead what that took
 * @param blocksWritten that were computed
 * @param bytesWritten what that took
 * @param blocksDropped that were not written, because the disk was too slow or failed
 * @param filesDamaged that were not what they should be, and were deleted
 */
public record KvFileStatistics(
        long blocks,
        long bytes,
        long blocksRead,
        long bytesRead,
        long blocksWritten,
        long bytesWritten,
        long blocksDropped,
        long filesDamaged) {}
