package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * No bit of a model's logits changes without a new {@link LanguageModel#ARITHMETIC_VERSION}. When
 * this fails, raise it and write the new version's file with {@code -Dparlance.update=true}.
 *
 * <p>On x86 only: the mathematical functions of other CPUs may differ in the last bit, for which
 * the fingerprint of a model has the kind of CPU.
 */
class ArithmeticVersionTest {
    private static final Path GOLDEN =
            Path.of(
                    System.getProperty("parlance.root", "."),
                    "engine/src/test/resources/golden/arithmetic-"
                            + LanguageModel.ARITHMETIC_VERSION
                            + ".txt");

    @Test
    void modelsComputeTheBitsOfTheirVersion() throws IOException {
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"));
        List<Path> models = new ArrayList<>(OracleFiles.models("models"));
        models.addAll(OracleFiles.models("quants"));
        Assumptions.assumeFalse(models.isEmpty(), "no ../shared/oracle beside this checkout");
        List<String> found = new ArrayList<>();
        try (KernelPool pool = new KernelPool(2)) {
            Kernels kernels = KernelSelection.best(pool).kernels();
            for (Path model : models) {
                KvStorage storage = KvStorage.values()[found.size() % KvStorage.values().length];
                String name = String.valueOf(model.getFileName()).replace(".gguf", "");
                found.add(name + " " + storage + " " + hashOfLogits(model, storage, kernels));
            }
        }
        if (Boolean.getBoolean("parlance.update")) {
            Files.write(GOLDEN, found);
        }
        assertThat(found).isEqualTo(Files.readAllLines(GOLDEN));
    }

    /** Of 20 positions, of which the last 4 are computed one by one. */
    private static String hashOfLogits(Path path, KvStorage storage, Kernels kernels)
            throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            LanguageModel model = ModelLoader.load(file, kernels);
            int[] tokens = new Random(1).ints(20, 0, model.vocabularySize()).toArray();
            KvCache cache = model.newCache(storage, 2);
            BlockTable blocks = cache.allocate(tokens.length);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, Logits.step(model, cache, blocks, 0, Arrays.copyOf(tokens, 16)));
            for (int i = 16; i < tokens.length; i++) {
                add(digest, Logits.step(model, cache, blocks, i, tokens[i]));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void add(MessageDigest digest, float[][] logits) {
        for (float[] row : logits) {
            ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES);
            bytes.asFloatBuffer().put(row);
            digest.update(bytes);
        }
    }
}
