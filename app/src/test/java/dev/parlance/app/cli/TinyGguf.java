package dev.parlance.app.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes small GGUF files for tests. Source: ggml's docs/gguf.md. */
final class TinyGguf {
    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int pairCount;
    private int tensorCount;
    private int dataBytes;

    TinyGguf integer(String key, int value) {
        return pair(key, 5, ints(value));
    }

    TinyGguf number(String key, float value) {
        return pair(key, 6, ints(Float.floatToRawIntBits(value)));
    }

    TinyGguf flag(String key, boolean value) {
        return pair(key, 7, new byte[] {(byte) (value ? 1 : 0)});
    }

    TinyGguf string(String key, String value) {
        return pair(key, 8, text(value));
    }

    TinyGguf strings(String key, List<String> values) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        array.writeBytes(ints(8));
        array.writeBytes(longs(values.size()));
        values.forEach(value -> array.writeBytes(text(value)));
        return pair(key, 9, array.toByteArray());
    }

    TinyGguf integers(String key, int... values) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        array.writeBytes(ints(5));
        array.writeBytes(longs(values.length));
        for (int value : values) {
            array.writeBytes(ints(value));
        }
        return pair(key, 9, array.toByteArray());
    }

    TinyGguf floats(String key, float... values) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        array.writeBytes(ints(6));
        array.writeBytes(longs(values.length));
        for (float value : values) {
            array.writeBytes(ints(Float.floatToRawIntBits(value)));
        }
        return pair(key, 9, array.toByteArray());
    }

    /** Adds a float32 matrix of zeros. */
    TinyGguf matrix(String name, int columns, int rows) {
        directory.writeBytes(text(name));
        directory.writeBytes(ints(2));
        directory.writeBytes(longs(columns, rows));
        directory.writeBytes(ints(0));
        directory.writeBytes(longs(dataBytes));
        dataBytes += (columns * rows * 4 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        tensorCount++;
        return this;
    }

    private TinyGguf pair(String key, int type, byte[] value) {
        pairs.writeBytes(text(key));
        pairs.writeBytes(ints(type));
        pairs.writeBytes(value);
        pairCount++;
        return this;
    }

    Path writeTo(Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(ints(3));
        bytes.writeBytes(longs(tensorCount, pairCount));
        bytes.writeBytes(pairs.toByteArray());
        bytes.writeBytes(directory.toByteArray());
        bytes.writeBytes(new byte[(ALIGNMENT - bytes.size() % ALIGNMENT) % ALIGNMENT]);
        bytes.writeBytes(new byte[dataBytes]);
        try {
            return Files.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + utf8.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(utf8.length)
                .put(utf8)
                .array();
    }

    private static byte[] ints(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }
}
