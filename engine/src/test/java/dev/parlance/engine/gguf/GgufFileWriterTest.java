package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class GgufFileWriterTest {
    @TempDir private Path folder;

    @Test
    void everyKindOfValueIsReadBack() throws IOException {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        values.put("small", new GgufValue.Int(7));
        values.put("unsigned", new GgufValue.Int(0xFFFF_FFFFL));
        values.put("negative", new GgufValue.Int(-1));
        values.put("large", new GgufValue.Int(1L << 40));
        values.put("float", new GgufValue.Float(0.25));
        values.put("flag", new GgufValue.Bool(true));
        values.put("text", new GgufValue.Text("Grüße"));
        values.put("texts", new GgufValue.TextArray(List.of("a", "", "ĠĊ")));
        GgufFileWriter writer = new GgufFileWriter();
        values.forEach(writer::put);
        writer.put("integers", new GgufValue.IntArray(new long[] {-3, 4}))
                .put("longs", new GgufValue.IntArray(new long[] {1L << 40}))
                .put("floats", new GgufValue.FloatArray(new float[] {1.5f, -2}))
                .put("flags", new GgufValue.BoolArray(new boolean[] {true, false}));
        try (GgufFile file = written(writer)) {
            assertThat(file.version()).isEqualTo(3);
            values.forEach((key, value) ->
                    assertThat(file.metadata().values()).as(key).containsEntry(key, value));
            assertThat(file.metadata().findIntegers("integers").orElseThrow())
                    .containsExactly(-3, 4);
            assertThat(file.metadata().findIntegers("longs").orElseThrow())
                    .containsExactly(1L << 40);
            assertThat(file.metadata().findFloats("floats").orElseThrow())
                    .containsExactly(1.5f, -2);
            assertThat(file.metadata().values().get("flags"))
                    .isInstanceOf(GgufValue.BoolArray.class);
            assertThat(file.tensors()).isEmpty();
        }
    }

    @Test
    void tensorsAreReadBackWhereverTheyBegin() throws IOException {
        GgufFileWriter writer =
                new GgufFileWriter()
                        .tensor("odd", GgmlType.I8, List.of(3L), out -> out.write(new byte[3]))
                        .tensor(
                                "blocks",
                                GgmlType.Q8_0,
                                List.of(32L, 2L),
                                out -> {
                                    for (int i = 0; i < 68; i++) {
                                        out.write(i);
                                    }
                                });
        try (GgufFile file = written(writer)) {
            GgufTensorInfo blocks = file.findTensor("blocks").orElseThrow();
            assertThat(blocks.dimensions()).containsExactly(32L, 2L);
            assertThat(blocks.type()).isEqualTo(GgmlType.Q8_0);
            byte[] bytes = file.data(blocks).toArray(ValueLayout.JAVA_BYTE);
            assertThat(bytes).hasSize(68).startsWith(0, 1, 2).endsWith(66, 67);
        }
    }

    @Test
    void dataOfAnotherLengthThanTheTensorsIsRefused() {
        GgufFileWriter writer =
                new GgufFileWriter()
                        .tensor("t", GgmlType.F32, List.of(2L), out -> out.write(new byte[7]));
        assertThatThrownBy(() -> written(writer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tensor 't' has 8 bytes, got 7");
    }

    @Test
    void whatNoFileCanHoldIsRefused() {
        GgufFileWriter writer =
                new GgufFileWriter().tensor("t", GgmlType.F32, List.of(1L), out -> out.write(1));
        assertThatThrownBy(() -> writer.tensor("t", GgmlType.F32, List.of(1L), _ -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 't' is there twice");
        assertThatThrownBy(() -> writer.tensor("u", GgmlType.Q8_0, List.of(16L, 2L), _ -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blocks of 32 values, got 16");
        GgufFileWriter nested = new GgufFileWriter().put("k", new GgufValue.Nested(List.of()));
        assertThatThrownBy(() -> written(nested))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("arrays of arrays cannot be written");
    }

    private GgufFile written(GgufFileWriter writer) throws IOException {
        Path path = folder.resolve("written.gguf");
        writer.write(path);
        return GgufFile.open(path);
    }
}
