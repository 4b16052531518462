package dev.parlance.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Computes {@link GgufFile#fingerprint}. */
final class GgufFingerprint {
    /** Places in a tensor that are looked at, evenly spread from its first byte to its last. */
    private static final int SAMPLES = 16;

    private static final int SAMPLE_BYTES = 4096;

    private final MessageDigest digest;

    private GgufFingerprint(MessageDigest digest) {
        this.digest = digest;
    }

    static byte[] of(GgufFile file) {
        try {
            GgufFingerprint fingerprint = new GgufFingerprint(MessageDigest.getInstance("SHA-256"));
            file.metadata()
                    .values()
                    .forEach((key, value) -> {
                        fingerprint.text(key);
                        fingerprint.value(value);
                    });
            for (GgufTensorInfo tensor : file.tensors().values()) {
                fingerprint.text(tensor.name());
                fingerprint.text(tensor.type().name());
                tensor.dimensions().forEach(fingerprint::number);
                fingerprint.sample(file.data(tensor));
            }
            return fingerprint.digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** With its kind and, where it has any, its length, so that no two values look alike. */
    private void value(GgufValue value) {
        text(value.kind());
        switch (value) {
            case GgufValue.Int(long number) -> number(number);
            case GgufValue.Float(double number) -> number(Double.doubleToRawLongBits(number));
            case GgufValue.Bool(boolean flag) -> number(flag ? 1 : 0);
            case GgufValue.Text(String text) -> text(text);
            case GgufValue.IntArray(long[] numbers) -> {
                ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES);
                bytes.asLongBuffer().put(numbers);
                bytes(bytes);
            }
            case GgufValue.FloatArray(float[] numbers) -> {
                ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
                bytes.asFloatBuffer().put(numbers);
                bytes(bytes);
            }
            case GgufValue.BoolArray(boolean[] flags) -> {
                ByteBuffer bytes = ByteBuffer.allocate(flags.length);
                for (boolean flag : flags) {
                    bytes.put((byte) (flag ? 1 : 0));
                }
                bytes(bytes.flip());
            }
            case GgufValue.TextArray(List<String> texts) -> {
                number(texts.size());
                texts.forEach(this::text);
            }
            case GgufValue.Nested(List<GgufValue> values) -> {
                number(values.size());
                values.forEach(this::value);
            }
        }
    }

    private void number(long number) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }

    private void text(String text) {
        bytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void bytes(ByteBuffer bytes) {
        number(bytes.remaining());
        digest.update(bytes);
    }

    private void sample(MemorySegment data) {
        long size = data.byteSize();
        number(size);
        if (size <= (long) SAMPLES * SAMPLE_BYTES) {
            digest.update(data.asByteBuffer());
            return;
        }
        for (int i = 0; i < SAMPLES; i++) {
            long at = (size - SAMPLE_BYTES) / (SAMPLES - 1) * i;
            digest.update(data.asSlice(at, SAMPLE_BYTES).asByteBuffer());
        }
    }
}
