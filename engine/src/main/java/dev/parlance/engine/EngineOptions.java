package dev.parlance.engine;

import dev.parlance.engine.generation.AdmissionLimits;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a model is loaded and run. Errors: the constructor refuses values outside the ranges given
 * here.
 *
 * @param contextLength most positions of a sequence, prompt and continuation, 1 to what the model
 *     was trained for; absent: that, or {@link #DEFAULT_CONTEXT_LENGTH} if it is less, or what the
 *     KV cache has room for
 * @param parallel most sequences computed at once, 1 or more; default 4
 * @param threads threads that compute, 1 or more; default one per processor that Java sees: of
 *     hyper-threads each, and in a container its CPU limit, rounded up, if that is less
 * @param admission how much may wait while all places are taken
 * @param kvCacheBytes most memory for keys and values, 1 or more, on the Java heap and taken as it
 *     is needed; absent: half of the heap's limit, or three quarters of the memory that is free
 *     when the model has been loaded if that is less, divided by the models of the {@link Machine}.
 *     Never more than all sequences can use.
 * @param kvCacheType how keys and values are kept; default half precision
 * @param prefixCache what becomes of keys and values that no sequence needs any more; default kept
 *     in memory
 * @param batchTokens most tokens of one step, at least {@code parallel}; default 128. More computes
 *     long prompts a little faster, fewer lets others wait less for them.
 * @param speculation whether tokens are guessed ahead where that pays; default prompt lookup
 * @param draftModel a small model of the same vocabulary that guesses tokens ahead too; a GGUF
 *     file. Needs speculation; its keys and values take up to a quarter of {@code kvCacheBytes}.
 * @param preTokenizer name of the pre-tokenizer to use instead of the one the file names
 * @param chatTemplate text of the chat template to use instead of the file's
 */
public record EngineOptions(
        OptionalInt contextLength,
        int parallel,
        int threads,
        AdmissionLimits admission,
        OptionalLong kvCacheBytes,
        KvCacheType kvCacheType,
        PrefixCache prefixCache,
        int batchTokens,
        Speculation speculation,
        Optional<Path> draftModel,
        Optional<String> preTokenizer,
        Optional<String> chatTemplate) {

    /** Context when none is asked for and the model was trained for more. */
    public static final int DEFAULT_CONTEXT_LENGTH = 8192;

    /** The defaults on this machine. */
    public static final EngineOptions DEFAULT =
            new EngineOptions(
                    OptionalInt.empty(),
                    4,
                    Runtime.getRuntime().availableProcessors(),
                    AdmissionLimits.DEFAULT,
                    OptionalLong.empty(),
                    KvCacheType.F16,
                    new PrefixCache.InMemory(),
                    128,
                    Speculation.PROMPT_LOOKUP,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    public EngineOptions {
        require(contextLength.orElse(1) >= 1, "contextLength", "1 or more", contextLength);
        require(parallel >= 1, "parallel", "1 or more", parallel);
        require(threads >= 1, "threads", "1 or more", threads);
        require(kvCacheBytes.orElse(1) >= 1, "kvCacheBytes", "1 or more", kvCacheBytes);
        require(
                batchTokens >= parallel,
                "batchTokens",
                "at least parallel (" + parallel + ")",
                batchTokens);
        require(
                speculation != Speculation.NONE || draftModel.isEmpty(),
                "speculation",
                "on for a draft model",
                speculation);
    }

    private static void require(boolean holds, String name, String allowed, Object got) {
        if (!holds) {
            String text =
                    switch (got) {
                        case OptionalInt value -> String.valueOf(value.orElseThrow());
                        case OptionalLong value -> String.valueOf(value.orElseThrow());
                        default -> got.toString();
                    };
            throw new IllegalArgumentException(name + " must be " + allowed + ", got " + text);
        }
    }

    public EngineOptions withContextLength(int newContextLength) {
        return new EngineOptions(
                OptionalInt.of(newContextLength),
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    /** Raises {@code batchTokens} where it would be too small. */
    public EngineOptions withParallel(int newParallel) {
        return new EngineOptions(
                contextLength,
                newParallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                Math.max(batchTokens, newParallel),
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withThreads(int newThreads) {
        return new EngineOptions(
                contextLength,
                parallel,
                newThreads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withAdmission(AdmissionLimits newAdmission) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                newAdmission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withKvCacheBytes(long newKvCacheBytes) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                OptionalLong.of(newKvCacheBytes),
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withKvCacheType(KvCacheType newKvCacheType) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                newKvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withPrefixCache(PrefixCache newPrefixCache) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                newPrefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withBatchTokens(int newBatchTokens) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                newBatchTokens,
                speculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withSpeculation(Speculation newSpeculation) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                newSpeculation,
                draftModel,
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withDraftModel(Path newDraftModel) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                Optional.of(newDraftModel),
                preTokenizer,
                chatTemplate);
    }

    public EngineOptions withPreTokenizer(String newPreTokenizer) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                Optional.of(newPreTokenizer),
                chatTemplate);
    }

    public EngineOptions withChatTemplate(String newChatTemplate) {
        return new EngineOptions(
                contextLength,
                parallel,
                threads,
                admission,
                kvCacheBytes,
                kvCacheType,
                prefixCache,
                batchTokens,
                speculation,
                draftModel,
                preTokenizer,
                Optional.of(newChatTemplate));
    }
}
