package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.tokenizer.Tokenizers;
import dev.parlance.engine.tokenizer.Vocabulary;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

class DrafterTest {
    private static final Path ORACLE =
            Path.of(System.getProperty("parlance.root", "."), "../shared/oracle");
    private static final Path LLAMA = ORACLE.resolve("models/llama.gguf");

    @Test
    void anotherVocabularyIsRefused() throws Exception {
        Assumptions.assumeTrue(Files.exists(LLAMA), "the oracle's models are not here");
        Vocabulary vocabulary;
        try (GgufFile file = GgufFile.open(LLAMA)) {
            vocabulary = Tokenizers.load(file.metadata(), Optional.empty()).vocabulary();
        }
        Drafter.open(LLAMA, vocabulary, Optional.empty()).close();

        Path longer = ORACLE.resolve("tokenizers/ggml-vocab-phi-3.gguf");
        assertThatThrownBy(() -> Drafter.open(longer, vocabulary, Optional.empty()))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage(
                        "ggml-vocab-phi-3.gguf: a draft model needs the vocabulary of the model it"
                                + " helps, but it has 32064 tokens, the model 384");
        Vocabulary other = new Renamed(vocabulary, 300);
        assertThatThrownBy(() -> Drafter.open(LLAMA, other, Optional.empty()))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage(
                        "llama.gguf: a draft model needs the vocabulary of the model it helps, but"
                                + " its token 300 is '"
                                + vocabulary.text(300)
                                + "', the model's 'renamed'");
    }

    /** A vocabulary with one token of another name. */
    private record Renamed(Vocabulary inner, int id) implements Vocabulary {
        @Override
        public int size() {
            return inner.size();
        }

        @Override
        public String text(int tokenId) {
            return tokenId == id ? "renamed" : inner.text(tokenId);
        }

        @Override
        public OptionalInt findId(String text) {
            return inner.findId(text);
        }

        @Override
        public boolean isSpecial(int tokenId) {
            return inner.isSpecial(tokenId);
        }

        @Override
        public OptionalInt bos() {
            return inner.bos();
        }

        @Override
        public OptionalInt eos() {
            return inner.eos();
        }

        @Override
        public Set<Integer> endOfGeneration() {
            return inner.endOfGeneration();
        }
    }
}
