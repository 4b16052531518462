package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine.TypeConversionException;

class MemorySizeConverterTest {
    @ParameterizedTest
    @CsvSource({
        "1KiB,            1024",
        "512MiB,          536870912",
        "4 gib,           4294967296",
        "1.5GiB,          1610612736",
        "2TiB,            2199023255552",
        "7kb,             7000",
        "3MB,             3000000",
        "4GB,             4000000000",
        "1TB,             1000000000000",
        "0MiB,            0",
        "999999999TiB,    9223372036854775807",
    })
    void readsAmounts(String text, long bytes) {
        assertThat(new MemorySizeConverter().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "4G", "GiB", "-1GiB", "1e3MiB", "4 GiB more", "12345678901MiB"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> new MemorySizeConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(
                        "'"
                                + text
                                + "' is no amount of memory like 512MiB or 4GiB (KiB, MiB, GiB,"
                                + " TiB, KB, MB, GB or TB)");
    }
}
