package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

class LengthRangeTest {
    @Test
    void aLengthIsFixedOrDrawnFromARange() {
        assertThat(LengthRange.parse("64")).isEqualTo(new LengthRange(64, 64)).hasToString("64");
        LengthRange range = LengthRange.parse("2-4");
        assertThat(range).hasToString("2-4");
        SplittableRandom random = new SplittableRandom(1);
        assertThat(IntStream.range(0, 100).map(_ -> range.draw(random)).distinct().sorted())
                .containsExactly(2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0", "-1", "4-2", "1-", "9999999", "99999999"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> LengthRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a length is ");
    }
}
