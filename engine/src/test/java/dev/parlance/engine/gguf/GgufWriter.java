package dev.parlance.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes GGUF files for tests: any metadata, any tensors, one file or several. */
public final class GgufWriter {
    /** ids of {@code enum gguf_metadata_value_type}. */
    public enum Kind {
        UINT8,
        INT8,
        UINT16,
        INT16,
        UINT32,
        INT32,
        FLOAT32,
        BOOL,
        STRING,
        ARRAY,
        UINT64,
        INT64,
        FLOAT64
    }

    /** An array value; elements of kind ARRAY are themselves {@code Elements}. */
    public record Elements(Kind kind, List<?> values) {}

    private record Pair(Kind kind, Object value) {}

    private record Tensor(String name, GgmlType type, long[] dimensions, byte[] data) {}

    private final Map<String, Pair> pairs = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private int version = 3;
    private int alignment = 32;

    /** An empty version 3 file. */
    public GgufWriter() {}

    public GgufWriter version(int version) {
        this.version = version;
        return this;
    }

    /** Sets the alignment of tensor data and the pair that tells it. */
    public GgufWriter alignment(int alignment) {
        this.alignment = alignment;
        return integer("general.alignment", alignment);
    }

    public GgufWriter text(String key, String value) {
        return pair(key, Kind.STRING, value);
    }

    /** A UINT32. */
    public GgufWriter integer(String key, long value) {
        return pair(key, Kind.UINT32, value);
    }

    /** A FLOAT32. */
    public GgufWriter real(String key, double value) {
        return pair(key, Kind.FLOAT32, value);
    }

    public GgufWriter flag(String key, boolean value) {
        return pair(key, Kind.BOOL, value);
    }

    public GgufWriter texts(String key, List<String> values) {
        return pair(key, Kind.ARRAY, new Elements(Kind.STRING, values));
    }

    /** An array of INT32. */
    public GgufWriter integers(String key, int... values) {
        List<Integer> boxed = Arrays.stream(values).boxed().toList();
        return pair(key, Kind.ARRAY, new Elements(Kind.INT32, boxed));
    }

    /** An array of FLOAT32. */
    public GgufWriter reals(String key, float... values) {
        List<Float> boxed = IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
        return pair(key, Kind.ARRAY, new Elements(Kind.FLOAT32, boxed));
    }

    /** Any pair: a Number, Boolean, String or {@link Elements} that fits the kind. */
    public GgufWriter pair(String key, Kind kind, Object value) {
        pairs.put(key, new Pair(kind, value));
        return this;
    }

    /** A tensor of stored bytes; dimensions with the fastest-running first. */
    public GgufWriter tensor(String name, GgmlType type, byte[] data, long... dimensions) {
        tensors.add(new Tensor(name, type, dimensions.clone(), data.clone()));
        return this;
    }

    /** A tensor of floats stored as F32, F16 or BF16 (rounded towards zero). */
    public GgufWriter tensor(String name, GgmlType type, float[] values, long... dimensions) {
        return tensor(name, type, store(type, values), dimensions);
    }

    /** An F32 tensor. */
    public GgufWriter tensor(String name, float[] values, long... dimensions) {
        return tensor(name, GgmlType.F32, values, dimensions);
    }

    /** The bytes of floats stored as F32, F16 or BF16 (rounded towards zero). */
    public static byte[] store(GgmlType type, float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(type.bytesOf(values.length)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                default -> throw new IllegalArgumentException("cannot store floats as " + type);
            }
        }
        return bytes.array();
    }

    public Path write(Path path) throws IOException {
        return Files.write(path, bytes());
    }

    public byte[] bytes() {
        return new Encoder().file(pairs, tensors);
    }

    /**
     * Writes the tensors in turn to {@code parts} files named as llama.cpp's gguf-split does, the
     * metadata to the first. Returns the paths.
     */
    public List<Path> writeSplit(Path folder, String stem, int parts) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            Map<String, Pair> own = new LinkedHashMap<>(part == 0 ? pairs : Map.of());
            own.put("split.no", new Pair(Kind.UINT16, part));
            own.put("split.count", new Pair(Kind.UINT16, parts));
            own.put("split.tensors.count", new Pair(Kind.INT32, tensors.size()));
            List<Tensor> share = new ArrayList<>();
            for (int i = part; i < tensors.size(); i += parts) {
                share.add(tensors.get(i));
            }
            String name = String.format("%s-%05d-of-%05d.gguf", stem, part + 1, parts);
            paths.add(Files.write(folder.resolve(name), new Encoder().file(own, share)));
        }
        return paths;
    }

    private final class Encoder {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        byte[] file(Map<String, Pair> pairs, List<Tensor> tensors) {
            out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
            number(version, 4);
            number(tensors.size(), 8);
            number(pairs.size(), 8);
            pairs.forEach((key, pair) -> {
                string(key);
                number(pair.kind().ordinal(), 4);
                value(pair.kind(), pair.value());
            });
            long offset = 0;
            for (Tensor tensor : tensors) {
                string(tensor.name());
                number(tensor.dimensions().length, 4);
                for (long dimension : tensor.dimensions()) {
                    number(dimension, 8);
                }
                number(tensor.type().id(), 4);
                number(offset, 8);
                offset = Math.ceilDiv(offset + tensor.data().length, alignment) * alignment;
            }
            if (!tensors.isEmpty()) {
                pad();
            }
            for (Tensor tensor : tensors) {
                out.writeBytes(tensor.data());
                pad();
            }
            return out.toByteArray();
        }

        private void value(Kind kind, Object value) {
            switch (kind) {
                case UINT8, INT8 -> number(((Number) value).longValue(), 1);
                case UINT16, INT16 -> number(((Number) value).longValue(), 2);
                case UINT32, INT32 -> number(((Number) value).longValue(), 4);
                case UINT64, INT64 -> number(((Number) value).longValue(), 8);
                case FLOAT32 -> number(Float.floatToRawIntBits(((Number) value).floatValue()), 4);
                case FLOAT64 ->
                        number(Double.doubleToRawLongBits(((Number) value).doubleValue()), 8);
                case BOOL -> number((Boolean) value ? 1 : 0, 1);
                case STRING -> string((String) value);
                case ARRAY -> {
                    Elements elements = (Elements) value;
                    number(elements.kind().ordinal(), 4);
                    number(elements.values().size(), 8);
                    elements.values().forEach(element -> value(elements.kind(), element));
                }
            }
        }

        private void string(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(bytes.length, 8);
            out.writeBytes(bytes);
        }

        private void number(long value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                out.write((int) (value >>> 8 * i));
            }
        }

        private void pad() {
            while (out.size() % alignment != 0) {
                out.write(0);
            }
        }
    }
}
