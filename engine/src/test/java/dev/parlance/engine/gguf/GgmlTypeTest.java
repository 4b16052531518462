package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgmlTypeTest {
    @ParameterizedTest
    @EnumSource
    void aTypeIsFoundByItsId(GgmlType type) {
        assertThat(GgmlType.ofId(type.id())).contains(type);
        assertThat(type.bytesOf(3L * type.blockValues())).isEqualTo(3L * type.blockBytes());
    }

    @Test
    void idsNobodyUsesAreUnknown() {
        assertThat(GgmlType.ofId(-1)).isEmpty();
        assertThat(GgmlType.ofId(4)).isEmpty();
        assertThat(GgmlType.ofId(40)).isEmpty();
        assertThat(GgmlType.ofId(1L << 32)).isEmpty();
    }

    @Test
    void sizesBeyondALongAreNotWrapped() {
        assertThatThrownBy(() -> GgmlType.F32.bytesOf(1L << 62))
                .isInstanceOf(ArithmeticException.class);
    }
}
