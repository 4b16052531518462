package dev.parlance.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

class DequantiserTest {
    /** Blocks of every type quantised and dequantised by ggml's own code. */
    private static final Path BLOCKS =
            Path.of(
                    System.getProperty("parlance.root", "."),
                    "../shared/oracle/quants/dequantized-blocks.json");

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {
                "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K",
                "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "TQ2_0"
            })
    void blocksAreDequantisedExactlyAsByGgml(GgmlType type) throws IOException {
        assumeTrue(Files.exists(BLOCKS));
        JsonObject all = (JsonObject) Json.parse(Files.readAllBytes(BLOCKS));
        JsonObject golden = (JsonObject) all.find(type.name()).orElseThrow();
        String hex = ((JsonString) golden.find("bytes_hex").orElseThrow()).value();
        List<JsonValue> expected = ((JsonArray) golden.find("values").orElseThrow()).values();

        float[] values = dequantise(type, HexFormat.of().parseHex(hex));

        assertThat(values).hasSizeGreaterThanOrEqualTo(256).hasSize(expected.size());
        for (int i = 0; i < values.length; i++) {
            float want = Float.parseFloat(((JsonNumber) expected.get(i)).text());
            assertThat(Float.floatToRawIntBits(values[i]))
                    .as("value %d: %s, expected %s", i, values[i], want)
                    .isEqualTo(Float.floatToRawIntBits(want));
        }
    }

    @Test
    void f32IsTakenAsItIs() {
        byte[] bytes = HexFormat.of().parseHex("0000803f000000800000c07f");
        assertThat(dequantise(GgmlType.F32, bytes)).containsExactly(1f, -0f, Float.NaN);
    }

    /** An exponent of 127 means one; lower and upper bits are the halves of the block. */
    @Test
    void mxfp4IsAPowerOfTwoTimesSmallFloats() {
        byte[] one = HexFormat.of().parseHex("7f" + "8091a2b3c4d5e6f7" + "0000000000000000");
        assertThat(Arrays.copyOf(dequantise(GgmlType.MXFP4, one), 8))
                .containsExactly(0, 0.5f, 1, 1.5f, 2, 3, 4, 6);
        assertThat(Arrays.copyOfRange(dequantise(GgmlType.MXFP4, one), 16, 25))
                .containsExactly(0, -0.5f, -1, -1.5f, -2, -3, -4, -6, 0);

        byte[] least = HexFormat.of().parseHex("00" + "01".repeat(16));
        assertThat(dequantise(GgmlType.MXFP4, least)[0]).isEqualTo(0x1p-128f);
        byte[] most = HexFormat.of().parseHex("ff" + "01".repeat(16));
        assertThat(dequantise(GgmlType.MXFP4, most)[0]).isEqualTo(0x1p127f);
    }

    /**
     * The digits 0, 1, 2, 0, 1 are 27 + 2 · 9 + 1 = 46 of 243, so 48.5 of 256: byte 49. In the last
     * bytes there are four digits, 1, 2, 0, 2: (27 + 2 · 9 + 0 + 2) · 3 = 141 of 243: byte 149.
     */
    @Test
    void tq1HoldsFiveDigitsInAByte() {
        byte[] block = new byte[54];
        block[3] = 49;
        block[32 + 2] = 49;
        block[48 + 1] = (byte) 149;
        block[53] = 0x40; // the half 2.0
        float[] values = dequantise(GgmlType.TQ1_0, block);
        float[] expected = new float[256];
        Arrays.fill(expected, -2);
        for (int n = 0; n < 5; n++) {
            float value = (n % 3 - 1) * 2;
            expected[32 * n + 3] = value;
            expected[160 + 16 * n + 2] = value;
        }
        expected[240 + 1] = 0;
        expected[244 + 1] = 2;
        expected[252 + 1] = 2;
        assertThat(values).containsExactly(expected);
    }

    private static float[] dequantise(GgmlType type, byte[] bytes) {
        int blocks = bytes.length / type.blockBytes();
        float[] values = new float[blocks * type.blockValues()];
        Dequantiser.find(type)
                .orElseThrow()
                .dequantise(MemorySegment.ofArray(bytes), 0, blocks, values, 0);
        return values;
    }

    @Test
    void blocksAreWrittenWhereTheyAreAskedFor() {
        byte[] bytes = new byte[3 + 2 * 34];
        bytes[3 + 1] = 0x3C; // the half 1.0
        bytes[3 + 2 + 31] = -128;
        float[] out = new float[5 + 64 + 1];
        Arrays.fill(out, 7);

        Dequantiser.find(GgmlType.Q8_0)
                .orElseThrow()
                .dequantise(MemorySegment.ofArray(bytes), 3, 2, out, 5);

        assertThat(out[4]).isEqualTo(7);
        assertThat(out[5 + 31]).isEqualTo(-128);
        assertThat(out[5 + 63]).isZero();
        assertThat(out[5 + 64]).isEqualTo(7);
    }

    @Test
    void aTypeThatIsNotSupportedIsNamedWithThoseThatAre() {
        Matrix matrix =
                new Matrix(
                        "blk.0.attn_q.weight",
                        GgmlType.IQ2_XS,
                        1,
                        256,
                        MemorySegment.ofArray(new byte[74]));
        assertThatThrownBy(() -> Dequantiser.of(matrix))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage(
                        "tensor 'blk.0.attn_q.weight' is stored as IQ2_XS, which this engine does"
                            + " not compute with; supported are F32, F16, Q4_0, Q4_1, Q5_0, Q5_1,"
                            + " Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, TQ1_0,"
                            + " TQ2_0, MXFP4");
    }
}
