package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.parlance.engine.gguf.GgufWriter.Elements;
import dev.parlance.engine.gguf.GgufWriter.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damaged files end in {@link GgufFormatException} or are read; nothing else happens. */
@Timeout(60)
class GgufFuzzTest {
    private static final int TENSOR_BYTES = 32;

    /** A file with something of everything. */
    private static byte[] sample() {
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

    private static boolean isRead(byte[] bytes) {
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomDamageIsReadOrRefused(long seed) {
        Random random = new Random(seed);
        byte[] bytes = sample();
        int header = bytes.length - 3 * TENSOR_BYTES;
        for (int i = 0; i < 4_000; i++) {
            byte[] damaged = bytes.clone();
            for (int n = random.nextInt(1, 5); n > 0; n--) {
                damage(damaged, random.nextInt(header - 8), random);
            }
            try {
                isRead(damaged);
            } catch (RuntimeException e) {
                fail("seed " + seed + ", round " + i, e);
            }
        }
    }

    private static void damage(byte[] bytes, int at, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> Arrays.fill(bytes, at, at + 8, (byte) 0xFF);
            case 2 -> Arrays.fill(bytes, at, at + 8, (byte) 0);
            default ->
                    System.arraycopy(
                            bytes, random.nextInt(bytes.length - 8), bytes, at, random.nextInt(9));
        }
    }

    @Test
    void garbageIsRefused() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            System.arraycopy(sample(), 0, bytes, 0, Math.min(bytes.length, random.nextInt(25)));
            assertThat(isRead(bytes)).isFalse();
        }
    }
}
