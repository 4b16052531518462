package dev.parlance.app.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

class EmbeddedModelTest {
    private static final byte[] MODEL = "abc".getBytes(StandardCharsets.US_ASCII);

    /** FIPS 180-4's example. */
    private static final String SUM =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void theModelIsInsideAndWhole() throws IOException {
        try (GgufFile file = EmbeddedModel.open()) {
            assertThat(file.location()).isEqualTo("parlance-tiny.gguf");
            assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
            assertThat(file.metadata().findString("tokenizer.chat_template")).isPresent();
            assertThat(file.tensors()).isNotEmpty();
        }
    }

    @Test
    void aSumIsReadAsSha256sumWritesIt() {
        EmbeddedModel.check(MODEL, SUM + "  parlance-tiny.gguf\n");
        EmbeddedModel.check(MODEL, SUM.toUpperCase(Locale.ROOT));
    }

    @Test
    void anotherSumIsRefusedWithBoth() {
        String other = SUM.replace('b', 'c');
        assertThatThrownBy(() -> EmbeddedModel.check(MODEL, other + "  parlance-tiny.gguf\n"))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        "parlance-tiny.gguf: the model inside the program is damaged: its SHA-256"
                                + " is "
                                + SUM
                                + ", and must be "
                                + other
                                + "; build or install Parlance anew, or bring a model: --model"
                                + " FILE");
        assertThatThrownBy(() -> EmbeddedModel.check(MODEL, ""))
                .isInstanceOf(GgufFormatException.class);
    }
}
