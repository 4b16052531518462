package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.TinyModel.Shape;
import dev.parlance.engine.tensor.RandomWeights;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Holds the bits of results, so that {@link LanguageModel#ARITHMETIC_VERSION} is raised when one of
 * them changes: clients compare fingerprints to know whether a seed still gives the same text.
 * Vector kernels agree with the scalar ones bit for bit, so these stand for all.
 */
class ArithmeticTest {
    /** Origin: this test, with {@link LanguageModel#ARITHMETIC_VERSION} 2. */
    private static final long CHECKSUM = 2706957757L;

    private static final Set<GgmlType> TYPES =
            EnumSet.of(
                    GgmlType.F32,
                    GgmlType.F16,
                    GgmlType.BF16,
                    GgmlType.Q4_0,
                    GgmlType.Q8_0,
                    GgmlType.Q4_K,
                    GgmlType.Q6_K);

    @TempDir private Path folder;

    @Test
    void aChangeOfAnyBitRaisesTheNumberOfTheArithmetic() throws Exception {
        CRC32C checksum = new CRC32C();
        int[] tokens = IntStream.range(0, 40).map(i -> i * 7 % 40).toArray();
        try (KernelPool pool = new KernelPool(2);
                GgufFile file =
                        TinyModel.of("llama", new Shape(2, 16, 2, 1, 8, 24, 40)).open(folder)) {
            Kernels kernels = new ScalarKernels(pool);
            for (GgmlType type : TYPES) {
                float[] out = new float[3 * 32];
                kernels.matrix(RandomWeights.matrix(type, 32, 512, new Random(1)))
                        .multiply(inputs(3 * 512), 0, 3, out, 0);
                update(checksum, out);
            }
            LanguageModel model = ModelLoader.load(file, kernels);
            for (KvStorage storage : KvStorage.values()) {
                for (float[] logits : Logits.ofAll(model, storage, tokens)) {
                    update(checksum, logits);
                }
            }
        }
        assertThat(checksum.getValue())
                .as("if this change is meant, raise ARITHMETIC_VERSION and write the new checksum")
                .isEqualTo(CHECKSUM);
    }

    private static float[] inputs(int length) {
        Random random = new Random(2);
        float[] inputs = new float[length];
        for (int i = 0; i < length; i++) {
            inputs[i] = random.nextFloat() - 0.5f;
        }
        return inputs;
    }

    private static void update(CRC32C checksum, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        checksum.update(bytes);
    }
}
