package dev.parlance.app.cli;

import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.KvCacheType;
import dev.parlance.engine.PrefixCache;
import dev.parlance.engine.Speculation;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Path;

/** How to run a model: what {@code serve} and {@code run} have in common. */
final class ModelOptions {

    @Option(
            names = "--context",
            paramLabel = "N",
            description =
                    "Most tokens of a prompt and its continuation. Default: what the model was"
                            + " trained for, at most "
                            + EngineOptions.DEFAULT_CONTEXT_LENGTH
                            + ".")
    @Between(min = 1)
    private @Nullable Integer context;

    @Option(
            names = "--kv-memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Most memory for the keys and values of all sequences, such as 512MiB or 4GiB;"
                            + " taken as needed, from the Java heap. Default: half of the heap's"
                            + " limit, or three quarters of the memory that is free if that is"
                            + " less.")
    private @Nullable Long kvMemory;

    @Option(
            names = "--kv-cache-type",
            paramLabel = "TYPE",
            description =
                    "How to keep keys and values: f32 (exact), f16 or q8_0 (least memory)."
                            + " Default: f16.")
    private @Nullable KvCacheType kvCacheType;

    @Option(
            names = "--no-prefix-cache",
            description = "Compute every prompt whole, even if it begins as an earlier one.")
    private boolean noPrefixCache;

    @Option(
            names = "--kv-cache-dir",
            paramLabel = "DIR",
            description =
                    "Keep computed prompts in files there too, so that they outlast memory and"
                        + " process. Whoever can read them can find out what was asked. Default: in"
                        + " memory only.")
    private @Nullable Path kvCacheDir;

    @Option(
            names = "--kv-cache-dir-size",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Most bytes of these files, such as 500M or 20G. Default: 4G.")
    private @Nullable Long kvCacheDirSize;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads that compute. Default: one per processor, of which a container has"
                            + " its CPU limit, rounded up.")
    @Between(min = 1, max = 1024)
    private @Nullable Integer threads;

    @Option(
            names = "--speculation",
            paramLabel = "KIND",
            converter = SpeculationConverter.class,
            description =
                    "How to guess tokens ahead where that makes answers faster; they are the same:"
                            + " none or prompt-lookup (from repetitions, and what requests"
                            + " predict). Default: prompt-lookup.")
    private @Nullable Speculation speculation;

    @Option(
            names = "--draft-model",
            paramLabel = "FILE",
            description =
                    "GGUF file of a small model with the same vocabulary, to guess more tokens"
                            + " ahead with. Default: none.")
    private @Nullable Path draftModel;

    @Option(
            names = "--pre-tokenizer",
            paramLabel = "NAME",
            description =
                    "How to split text before merging. Default: what the model's file says"
                            + " (tokenizer.ggml.pre).")
    private @Nullable String preTokenizer;

    @Option(
            names = "--chat-template",
            paramLabel = "FILE",
            description = "File of a chat template. Default: the model's own.")
    private @Nullable Path chatTemplate;

    /**
     * Checks what single options cannot.
     *
     * @throws ParameterException if options contradict each other
     */
    void check(CommandSpec spec) {
        if (draftModel != null && speculation == Speculation.NONE) {
            throw new ParameterException(
                    spec.commandLine(), "--draft-model is of no use with --speculation none");
        }
        if (noPrefixCache && kvCacheDir != null) {
            throw new ParameterException(
                    spec.commandLine(), "--no-prefix-cache leaves nothing for --kv-cache-dir");
        }
        if (kvCacheDirSize != null && kvCacheDir == null) {
            throw new ParameterException(
                    spec.commandLine(), "--kv-cache-dir-size needs --kv-cache-dir");
        }
    }

    /**
     * What these options say, and otherwise the defaults.
     *
     * @throws CommandException if the chat template cannot be used
     */
    EngineOptions engineOptions() throws IOException {
        EngineOptions options = EngineOptions.DEFAULT;
        if (context != null) {
            options = options.withContextLength(context);
        }
        if (kvMemory != null) {
            options = options.withKvCacheBytes(kvMemory);
        }
        if (kvCacheType != null) {
            options = options.withKvCacheType(kvCacheType);
        }
        if (noPrefixCache) {
            options = options.withPrefixCache(new PrefixCache.Off());
        }
        if (kvCacheDir != null) {
            long maxBytes =
                    kvCacheDirSize == null
                            ? PrefixCache.InFolder.DEFAULT_MAX_BYTES
                            : kvCacheDirSize;
            options = options.withPrefixCache(new PrefixCache.InFolder(kvCacheDir, maxBytes));
        }
        if (threads != null) {
            options = options.withThreads(threads);
        }
        if (speculation != null) {
            options = options.withSpeculation(speculation);
        }
        if (draftModel != null) {
            options = options.withDraftModel(InputFile.checked(draftModel));
        }
        if (preTokenizer != null) {
            options = options.withPreTokenizer(preTokenizer);
        }
        if (chatTemplate != null) {
            options = options.withChatTemplate(templateText(chatTemplate));
        }
        return options;
    }

    private static String templateText(Path file) throws IOException {
        String text = InputFile.text(file);
        try {
            // Before the weights are read, and so that the message can name the file.
            ChatTemplate.compile(text);
        } catch (TemplateException e) {
            throw new CommandException(file + ": " + e.getMessage());
        }
        return text;
    }
}
