package dev.parlance.app.cli;

import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.KvCacheType;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** How to run a model: what {@code serve} and {@code run} have in common. */
final class ModelOptions {
    private static final int MAX_KV_CACHE_MIB = 1 << 24;

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
            names = "--kv-cache-mib",
            paramLabel = "MIB",
            description =
                    "Most memory for the keys and values of all sequences, taken as needed."
                            + " Default: half of the Java heap.")
    @Between(min = 1, max = MAX_KV_CACHE_MIB)
    private @Nullable Integer kvCacheMib;

    @Option(
            names = "--kv-cache-type",
            paramLabel = "TYPE",
            description =
                    "How to keep keys and values: f32 (exact), f16 or q8_0 (least memory)."
                            + " Default: f16.")
    private @Nullable KvCacheType kvCacheType;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads that compute. Default: one per processor, of which a container has"
                            + " its CPU limit, rounded up.")
    @Between(min = 1, max = 1024)
    private @Nullable Integer threads;

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
     * What these options say, and otherwise the defaults.
     *
     * @throws CommandException if the chat template cannot be used
     */
    EngineOptions engineOptions() throws IOException {
        EngineOptions options = EngineOptions.DEFAULT;
        if (context != null) {
            options = options.withContextLength(context);
        }
        if (kvCacheMib != null) {
            options = options.withKvCacheBytes((long) kvCacheMib << 20);
        }
        if (kvCacheType != null) {
            options = options.withKvCacheType(kvCacheType);
        }
        if (threads != null) {
            options = options.withThreads(threads);
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
