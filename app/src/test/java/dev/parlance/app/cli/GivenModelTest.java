package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

class GivenModelTest {
    private static GivenModel given(Path file) {
        return new GivenModel(Optional.of(file));
    }

    @ParameterizedTest
    @CsvSource({
        "models/small-Q8_0.gguf, small-Q8_0",
        "big-00001-of-00003.GGUF, big",
        "weights, weights",
    })
    void itsNameIsThatOfItsFile(Path file, String name) {
        assertThat(given(file).name()).isEqualTo(name);
    }

    @Test
    void theEmbeddedOneHasANameAndNoFile() throws IOException {
        GivenModel embedded = new GivenModel(Optional.empty());
        assertThat(embedded.name()).isEqualTo("parlance-tiny");
        assertThat(embedded.sizeBytes()).isZero();
    }

    @Test
    void allPartsCount(@TempDir Path folder) throws IOException {
        Path first = Files.write(folder.resolve("m-00001-of-00002.gguf"), new byte[10]);
        assertThatThrownBy(() -> given(first).sizeBytes())
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageEndingWith("m-00002-of-00002.gguf");
        Files.write(folder.resolve("m-00002-of-00002.gguf"), new byte[5]);
        assertThat(given(first).sizeBytes()).isEqualTo(15);
        assertThatThrownBy(() -> given(folder).sizeBytes())
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("this is a folder");
    }
}
