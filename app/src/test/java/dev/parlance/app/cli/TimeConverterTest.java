package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine.TypeConversionException;

import java.time.ZonedDateTime;

class TimeConverterTest {
    @ParameterizedTest
    @CsvSource({
        "2026-01-31,                2026-01-31T00:00Z",
        "2026-01-31T12:30,          2026-01-31T12:30Z",
        "2026-01-31 12:30,          2026-01-31T12:30Z",
        "2026-01-31T12:30:15,       2026-01-31T12:30:15Z",
        "2026-01-31T12:30+02:00,    2026-01-31T12:30+02:00",
        "2026-01-31T12:30:15.5Z,    2026-01-31T12:30:15.500Z",
    })
    void readsDatesAndTimes(String text, String expected) {
        assertThat(new TimeConverter().convert(text)).isEqualTo(ZonedDateTime.parse(expected));
    }

    @Test
    void refusesWhatIsNoTime() {
        assertThatThrownBy(() -> new TimeConverter().convert("31.1.2026"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(
                        "'31.1.2026' is no date or time like 2026-01-31 or 2026-01-31T12:00+02:00");
    }
}
