package dev.parlance.engine;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.gguf.GgufValue;
import dev.parlance.engine.kernel.Kernels;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A short name for all that decides what a prompt and a seed give: the file's metadata, the types
 * and shapes of its weights and a sample of each, the chat template, the pre-tokenizer, how keys
 * and values are kept, and the arithmetic of the kernels.
 *
 * <p>The weights are sampled because reading all of them would double the time of a start; two
 * files that agree in every sample but not elsewhere would have the same name.
 */
final class ModelFingerprint {
    /** Bytes in the middle of each tensor: no two trainings give the same. */
    private static final int SAMPLE_BYTES = 64;

    private static final int SHOWN_BYTES = 5;

    private final MessageDigest digest;

    private ModelFingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Ten hexadecimal digits. Cost: touches one page of each tensor.
     *
     * @param template the text of the chat template in use
     */
    static String of(GgufFile file, String template, EngineOptions options) {
        ModelFingerprint fingerprint = new ModelFingerprint();
        fingerprint.add("arithmetic " + Kernels.ARITHMETIC);
        fingerprint.add("keys and values " + options.kvCacheType());
        fingerprint.add("pre-tokenizer " + options.preTokenizer().orElse(""));
        fingerprint.add(template);
        file.metadata().values().forEach(fingerprint::add);
        for (GgufTensorInfo tensor : file.tensors().values()) {
            fingerprint.add(tensor.name() + " " + tensor.type() + " " + tensor.shape());
            fingerprint.digest.update(file.sample(tensor, SAMPLE_BYTES));
        }
        byte[] hash = fingerprint.digest.digest();
        return HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    private void add(String key, GgufValue value) {
        add(key);
        add(value);
    }

    private void add(GgufValue value) {
        switch (value) {
            case GgufValue.Int(long number) -> add(Long.toString(number));
            case GgufValue.Float(double number) -> add(Double.toString(number));
            case GgufValue.Bool(boolean flag) -> add(Boolean.toString(flag));
            case GgufValue.Text(String text) -> add(text);
            case GgufValue.IntArray(long[] numbers) ->
                    add(Integer.toString(Arrays.hashCode(numbers)));
            case GgufValue.FloatArray(float[] numbers) ->
                    add(Integer.toString(Arrays.hashCode(numbers)));
            case GgufValue.BoolArray(boolean[] flags) ->
                    add(Integer.toString(Arrays.hashCode(flags)));
            case GgufValue.TextArray(List<String> texts) -> texts.forEach(this::add);
            case GgufValue.Nested(List<GgufValue> values) -> values.forEach(this::add);
        }
    }
}
