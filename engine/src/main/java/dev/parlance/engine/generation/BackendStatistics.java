package dev.parlance.engine.generation;

import java.util.Optional;

/**
 * What an engine does now and has done since it was started.
 *
 * @param running sequences that are being computed
 * @param waiting requests that have not begun
 * @param waitingTokens tokens of their prompts
 * @param kvBlocks blocks of keys and values there are
 * @param kvBlocksUsed blocks that running sequences hold
 * @param kvBlocksKept blocks that are kept in case a prompt begins so
 * @param kvBlockTokens positions of a block
 * @param promptTokens of all prompts
 * @param cachedTokens those of them that needed no computation
 * @param generatedTokens of all choices
 * @param draftedTokens guessed ahead and computed to see whether they are right
 * @param acceptedTokens those of them that were right, and so are among the generated ones
 * @param finished requests that ended as they should
 * @param failed requests that an error or the end of the engine ended early
 * @param cancelled requests that their caller ended early
 * @param timedOut requests that did not finish in their time
 * @param rejected requests that were refused because too much waited
 * @param queueTime from acceptance to the first computation
 * @param firstToken from acceptance to the first token
 * @param betweenTokens from a token of a choice to its next
 * @param kvFiles what is kept in files, if anything is to be
 */
public record BackendStatistics(
        int running,
        int waiting,
        long waitingTokens,
        int kvBlocks,
        int kvBlocksUsed,
        int kvBlocksKept,
        int kvBlockTokens,
        long promptTokens,
        long cachedTokens,
        long generatedTokens,
        long draftedTokens,
        long acceptedTokens,
        long finished,
        long failed,
        long cancelled,
        long timedOut,
        long rejected,
        Latencies queueTime,
        Latencies firstToken,
        Latencies betweenTokens,
        Optional<KvFileStatistics> kvFiles) {}
