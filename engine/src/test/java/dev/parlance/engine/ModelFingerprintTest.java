package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFileWriter;
import dev.parlance.engine.gguf.GgufValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class ModelFingerprintTest {
    private static final int LARGE = 1 << 20;

    @TempDir private Path folder;
    private int files;

    private static GgufFileWriter writer(String name, int... integers) {
        long[] numbers = new long[integers.length];
        for (int i = 0; i < integers.length; i++) {
            numbers[i] = integers[i];
        }
        return new GgufFileWriter()
                .put("name", name)
                .put("number", 3)
                .put("float", 0.5)
                .put("flag", true)
                .put("integers", new GgufValue.IntArray(numbers))
                .put("floats", new GgufValue.FloatArray(new float[] {1, 2}))
                .put("flags", new GgufValue.BoolArray(new boolean[] {true, false}))
                .put("texts", new GgufValue.TextArray(List.of("a", "b")));
    }

    private String of(GgufFileWriter writer, int changed, String... settings) throws IOException {
        byte[] small = new byte[100];
        byte[] large = new byte[LARGE];
        if (changed >= 0) {
            large[changed] = 1;
        } else if (changed == -2) {
            small[99] = 1;
        }
        Path path = folder.resolve(files++ + ".gguf");
        writer.tensor("small", GgmlType.I8, List.of(100L), out -> out.write(small))
                .tensor("large", GgmlType.I8, List.of(1024L, 1024L), out -> out.write(large))
                .write(path);
        try (GgufFile file = GgufFile.open(path)) {
            return ModelFingerprint.of(file, settings);
        }
    }

    @Test
    void equalFilesHaveTheSameWhereverTheyAre() throws IOException {
        String one = of(writer("a", 1, 2), -1, "x");
        assertThat(of(writer("a", 1, 2), -1, "x")).isEqualTo(one).matches("[0-9a-f]{32}");
    }

    @Test
    void metadataWeightsAndSettingsMakeADifference() throws IOException {
        List<String> all = new ArrayList<>();
        all.add(of(writer("a", 1, 2), -1, "x"));
        all.add(of(writer("b", 1, 2), -1, "x"));
        all.add(of(writer("a", 1, 3), -1, "x"));
        all.add(of(writer("a", 1, 2).put("more", 1), -1, "x"));
        all.add(of(writer("a", 1, 2), -1, "y"));
        all.add(of(writer("a", 1, 2), -1));
        all.add(of(writer("a", 1, 2), -2, "x"));
        // Of a large tensor its ends, and places between.
        all.add(of(writer("a", 1, 2), 0, "x"));
        all.add(of(writer("a", 1, 2), LARGE - 16, "x"));
        all.add(of(writer("a", 1, 2), (LARGE - 4096) / 15 * 7, "x"));
        assertThat(Set.copyOf(all)).hasSize(all.size());
    }
}
