package dev.parlance.engine.tokenizer;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufMetadata;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The shared vocabularies beside the checkout; tests that need them are skipped without them. */
final class OracleVocabularies {
    /** llama.cpp's own test vocabularies, models/ggml-vocab-NAME.gguf. */
    static final List<String> LLAMA_CPP_NAMES =
            List.of("llama-spm", "phi-3", "gpt-2", "starcoder", "deepseek-llm");

    private OracleVocabularies() {}

    static Path path(String fileName) {
        Path root = Path.of(System.getProperty("parlance.root", ".."));
        Path path = root.resolve("../shared/oracle/tokenizers").resolve(fileName);
        Assumptions.assumeTrue(Files.exists(path), path + " is not here");
        return path;
    }

    static Tokenizer llamaCpp(String name) throws IOException {
        return Tokenizers.load(metadata("ggml-vocab-" + name + ".gguf"), Optional.empty());
    }

    static GgufMetadata metadata(String fileName) throws IOException {
        try (GgufFile file = GgufFile.open(path(fileName))) {
            return file.metadata();
        }
    }
}
