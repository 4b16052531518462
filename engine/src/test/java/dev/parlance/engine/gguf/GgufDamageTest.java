package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.parlance.engine.gguf.GgufWriter.Elements;
import dev.parlance.engine.gguf.GgufWriter.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Every cut and every flipped bit of a small file ends in {@link GgufFormatException} or is read;
 * {@link GgufFuzzTest} finds what takes more.
 */
@Timeout(60)
class GgufDamageTest {
    /** A file with something of everything. */
    static byte[] sample() {
        Elements inner = new Elements(Kind.INT16, List.of(1, 2));
        return new GgufWriter()
                .text("general.architecture", "llama")
                .integer("general.alignment", 32)
                .real("r", 1.5)
                .flag("f", true)
                .pair("u64", Kind.UINT64, 5L)
                .texts("t", List.of("<s>", "", "é"))
                .pair("n", Kind.ARRAY, new Elements(Kind.ARRAY, List.of(inner, inner)))
                .tensor("a", new float[] {1, 2, 3}, 3)
                .tensor("b", GgmlType.Q4_0, new byte[18], 32)
                .tensor("c", GgmlType.F16, new float[16], 4, 4)
                .bytes();
    }

    static boolean isRead(byte[] bytes) {
        try {
            GgufReader.Contents contents =
                    new GgufReader("m.gguf", MemorySegment.ofArray(bytes), 0).read();
            for (GgufTensorInfo tensor : contents.tensors()) {
                long end = tensor.offset() + tensor.sizeBytes();
                assertThat(end).isLessThanOrEqualTo(contents.dataSection().byteSize());
            }
            return true;
        } catch (GgufFormatException e) {
            assertThat(e).hasMessageStartingWith("m.gguf: ");
            return false;
        }
    }

    @Test
    void theSampleIsRead() {
        assertThat(isRead(sample())).isTrue();
    }

    @Test
    void aFileCutOffAnywhereIsRefused() {
        byte[] bytes = sample();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> new GgufReader("m", MemorySegment.ofArray(cut), 0).read())
                    .as("cut to %d of %d bytes", length, bytes.length)
                    .isInstanceOf(GgufFormatException.class);
        }
    }

    @Test
    void everyFlippedBitIsReadOrRefused() {
        byte[] bytes = sample();
        int refused = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                refused += isRead(flipped) ? 0 : 1;
            } catch (RuntimeException e) {
                fail("bit " + bit, e);
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }
}
