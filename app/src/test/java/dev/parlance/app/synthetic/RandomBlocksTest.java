package dev.parlance.app.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.gguf.GgmlType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class RandomBlocksTest {
    private static final int VALUES = 1 << 14;
    private static final double SPREAD = 0.02;

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"})
    void weightsLieAroundZeroWithAboutTheWantedSpread(GgmlType type) throws IOException {
        double[] weights = weights(type);
        double sum = 0;
        double squares = 0;
        for (double weight : weights) {
            sum += weight;
            squares += weight * weight;
        }
        // Whole numbers have one more value below zero than above.
        assertThat(sum / VALUES).isCloseTo(0, within(0.15 * SPREAD));
        // Of plain floats it is the nearest power of two.
        assertThat(Math.sqrt(squares / VALUES)).isBetween(0.5 * SPREAD, 1.3 * SPREAD);
    }

    @Test
    void otherTypesAreRefused() {
        assertThatThrownBy(() -> stored(GgmlType.Q2_K))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("random weights have no type Q2_K");
    }

    private static ByteBuffer stored(GgmlType type) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new RandomBlocks(3).write(out, type, VALUES, SPREAD);
        assertThat(out.size()).isEqualTo(type.bytesOf(VALUES));
        return ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Decoded as ggml-quants.c does, slowly. */
    private static double[] weights(GgmlType type) throws IOException {
        ByteBuffer stored = stored(type);
        double[] weights = new double[VALUES];
        for (int i = 0; i < VALUES; i++) {
            int at = i / type.blockValues() * type.blockBytes();
            int j = i % type.blockValues();
            weights[i] =
                    switch (type) {
                        case F32 -> stored.getFloat(at);
                        case F16 -> half(stored, at);
                        case Q8_0 -> half(stored, at) * stored.get(at + 2 + j);
                        case Q4_0 ->
                                half(stored, at)
                                        * ((stored.get(at + 2 + j % 16) >> j / 16 * 4 & 15) - 8);
                        case Q4_K -> q4k(stored, at, j);
                        case Q6_K -> q6k(stored, at, j);
                        default -> throw new IllegalArgumentException(type.name());
                    };
        }
        return weights;
    }

    private static double half(ByteBuffer stored, int at) {
        return Float.float16ToFloat(stored.getShort(at));
    }

    private static double q4k(ByteBuffer stored, int at, int j) {
        int sub = j / 32;
        int scale;
        int minimum;
        if (sub < 4) {
            scale = stored.get(at + 4 + sub) & 63;
            minimum = stored.get(at + 8 + sub) & 63;
        } else {
            int low = stored.get(at + 8 + sub);
            scale = low & 15 | (stored.get(at + sub) >> 6 & 3) << 4;
            minimum = low >> 4 & 15 | (stored.get(at + 4 + sub) >> 6 & 3) << 4;
        }
        int q = stored.get(at + 16 + j / 64 * 32 + j % 32) >> j / 32 % 2 * 4 & 15;
        return half(stored, at) * scale * q - half(stored, at + 2) * minimum;
    }

    private static double q6k(ByteBuffer stored, int at, int j) {
        int quarter = j % 128 / 32;
        int low = stored.get(at + j / 128 * 64 + quarter % 2 * 32 + j % 32) >> quarter / 2 * 4 & 15;
        int high = stored.get(at + 128 + j / 128 * 32 + j % 32) >> quarter * 2 & 3;
        double scale = stored.get(at + 192 + j / 16);
        return half(stored, at + 208) * scale * ((low | high << 4) - 32);
    }
}
