package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine.TypeConversionException;

class ByteSizeConverterTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "10b, 10",
        "2k, 2048",
        "2KiB, 2048",
        "2kB, 2000",
        "512m, 536870912",
        "1.5 GiB, 1610612736",
        "8g, 8589934592",
        "8GB, 8000000000",
        "2t, 2199023255552",
    })
    void aSizeIsBytes(String text, long bytes) {
        assertThat(new ByteSizeConverter().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0.0g", "-1g", "g", "8x", "8gg", "1e3", "1,5g", "99999999t"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> new ByteSizeConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is no size like 8GiB, 512MiB or 8GB");
    }
}
