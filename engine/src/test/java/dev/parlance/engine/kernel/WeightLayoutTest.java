package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgmlType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class WeightLayoutTest {
    private static Stream<GgmlType> types() {
        return KernelsContract.types().stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void packedWeightsTakeLittleMoreMemoryThanTheFile(GgmlType type) {
        int cols = PackedMatrix.CHUNK_COLS;
        double packed = WeightLayout.of(type).words(cols) * Integer.BYTES;
        // Five digits to the base of three in a byte are kept as four of two bits.
        double most = type == GgmlType.TQ1_0 ? 1.26 : 1.06;
        assertThat(packed / type.bytesOf(cols)).isBetween(1.0, most);
    }
}
