package dev.parlance.engine;

import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Tokenizers;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Loads models. */
public final class Engine {
    private static final System.Logger LOG = System.getLogger(Engine.class.getName());
    private static final int FINGERPRINT_DIGITS = 10;
    private static final String NAME = "general.name";
    private static final String ARCHITECTURE = "general.architecture";
    private static final String CHAT_TEMPLATE = "tokenizer.chat_template";

    private Engine() {}

    /**
     * Loads a model from a GGUF file and starts its engine thread.
     *
     * <p>Cost: reads the whole file once, since weights are repacked, with all threads; memory of
     * about the file's size outside the Java heap, and that for keys and values as it is needed.
     * Returns when the model is fast: for one of more than some 100 MB this takes about a second at
     * least, in which its kernels are compiled.
     *
     * @param path the file; of a split model the first one
     * @throws IOException if the file cannot be read
     * @throws GgufFormatException if it is damaged
     * @throws UnsupportedModelException if its family, tokenizer, chat template or a weight type is
     *     not supported
     * @throws TemplateException if the chat template of the options cannot be compiled
     * @throws IllegalArgumentException if the options ask for more than the model allows
     */
    public static LoadedModel load(Path path, EngineOptions options) throws IOException {
        return load(GgufFile.open(path), options);
    }

    /**
     * Loads the one model of this machine, as {@link #load(GgufFile, EngineOptions, Machine,
     * LoadProgress)} does, without saying how far it is.
     */
    public static LoadedModel load(GgufFile file, EngineOptions options) {
        return load(file, options, new Machine(1), LoadProgress.NONE);
    }

    /**
     * Loads a model from an open GGUF file and starts its engine thread.
     *
     * @param file belongs to the model from now on: it is closed with it, and also when loading
     *     fails
     * @param machine the same one for all models of this process
     * @param progress told how far it is
     * @throws UncheckedIOException if the file or the draft model's can no longer be read, or the
     *     folder for keys and values cannot be used
     * @throws GgufFormatException if it is damaged
     * @throws UnsupportedModelException if its family, tokenizer, chat template or a weight type is
     *     not supported
     * @throws TemplateException if the chat template of the options cannot be compiled
     * @throws IllegalArgumentException if the options ask for more than the model allows
     */
    public static LoadedModel load(
            GgufFile file, EngineOptions options, Machine machine, LoadProgress progress) {
        long start = System.nanoTime();
        LocalBackend local = null;
        Optional<GgufFile> draft = Optional.empty();
        try {
            Tokenizer tokenizer = Tokenizers.load(file.metadata(), options.preTokenizer());
            ChatTemplate template = chatTemplate(file.metadata(), tokenizer.vocabulary(), options);
            draft =
                    options.draftModel()
                            .map(path ->
                                    Drafter.open(
                                            path, tokenizer.vocabulary(), options.preTokenizer()));
            local = LocalBackend.open(file, draft, options, machine, progress);
            checkVocabulary(file, tokenizer, local);
            String fingerprint = fingerprint(file, template, options);
            LoadedModel loaded =
                    new LoadedModel(
                            describe(file, local, fingerprint),
                            tokenizer,
                            template,
                            local.backend(),
                            closer(file, draft, local));
            LOG.log(
                    System.Logger.Level.INFO,
                    "loaded {0} ({1}), context {2}, in {3} ms",
                    file.metadata().fileName(),
                    loaded.description().architecture(),
                    String.valueOf(local.contextLength()),
                    String.valueOf((System.nanoTime() - start) / 1_000_000));
            return loaded;
        } catch (Throwable failure) {
            if (local != null) {
                local.close();
            }
            draft.ifPresent(GgufFile::close);
            file.close();
            throw failure;
        }
    }

    private static Runnable closer(GgufFile file, Optional<GgufFile> draft, LocalBackend local) {
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                local.close();
                draft.ifPresent(GgufFile::close);
                file.close();
            }
        };
    }

    /** Of all that decides what a prompt and a seed give; ten hexadecimal digits. */
    private static String fingerprint(GgufFile file, ChatTemplate template, EngineOptions options) {
        return ModelFingerprint.of(
                        file,
                        "keys and values " + options.kvCacheType(),
                        "pre-tokenizer " + options.preTokenizer().orElse(""),
                        "template " + template.source())
                .substring(0, FINGERPRINT_DIGITS);
    }

    private static ModelDescription describe(
            GgufFile file, LocalBackend local, String fingerprint) {
        return new ModelDescription(
                file.metadata().findString(NAME).orElse(file.metadata().fileName()),
                file.metadata().string(ARCHITECTURE),
                local.contextLength(),
                local.vocabularySize(),
                LocalBackend.weightCount(file),
                LocalBackend.weightBytes(file),
                fingerprint);
    }

    private static void checkVocabulary(GgufFile file, Tokenizer tokenizer, LocalBackend local) {
        int tokens = tokenizer.vocabulary().size();
        if (tokens != local.vocabularySize()) {
            throw new GgufFormatException(
                    file.metadata().fileName()
                            + ": the vocabulary has "
                            + tokens
                            + " tokens, the model's output "
                            + local.vocabularySize());
        }
    }

    /** The one that was given, or the file's, or a built-in one that suits its vocabulary. */
    private static ChatTemplate chatTemplate(
            GgufMetadata metadata, Vocabulary vocabulary, EngineOptions options) {
        return options.chatTemplate()
                .map(ChatTemplate::compile)
                .or(() ->
                        metadata.findString(CHAT_TEMPLATE)
                                .map(source -> compile(source, metadata.fileName())))
                .orElseGet(() ->
                        ChatTemplate.builtIn(
                                metadata.string(ARCHITECTURE),
                                token -> vocabulary.findId(token).isPresent()));
    }

    private static ChatTemplate compile(String source, String fileName) {
        try {
            return ChatTemplate.compile(source);
        } catch (TemplateException e) {
            throw new UnsupportedModelException(
                    fileName
                            + ": metadata '"
                            + CHAT_TEMPLATE
                            + "' cannot be used: "
                            + e.getMessage()
                            + "; --chat-template FILE gives another");
        }
    }
}
