package dev.parlance.engine.gguf;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Writes a GGUF file (version 3): metadata, and tensors whose bytes are asked for one tensor after
 * the other, so that a file may be larger than the memory.
 *
 * <p>A whole number is written as UINT32, or as INT64 where it does not fit, as INT32 within an
 * array; a float as FLOAT32: what llama.cpp expects of the keys it knows. Threads: one at a time.
 * Source: ggml's docs/gguf.md.
 */
public final class GgufFileWriter {
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;
    private static final int BUFFER_BYTES = 1 << 20;

    // enum gguf_metadata_value_type
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int INT64 = 11;

    /** The stored bytes of a tensor. */
    @FunctionalInterface
    public interface TensorData {
        /** Writes exactly as many bytes as type and dimensions of the tensor say. */
        void writeTo(OutputStream out) throws IOException;
    }

    private record Tensor(GgmlType type, List<Long> dimensions, TensorData data) {
        long sizeBytes() {
            return type.bytesOf(dimensions.stream().reduce(1L, Math::multiplyExact));
        }
    }

    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** An empty file. */
    public GgufFileWriter() {}

    /** Sets a metadata value. */
    public GgufFileWriter put(String key, GgufValue value) {
        metadata.put(key, value);
        return this;
    }

    public GgufFileWriter put(String key, String value) {
        return put(key, new GgufValue.Text(value));
    }

    public GgufFileWriter put(String key, long value) {
        return put(key, new GgufValue.Int(value));
    }

    public GgufFileWriter put(String key, double value) {
        return put(key, new GgufValue.Float(value));
    }

    public GgufFileWriter put(String key, boolean value) {
        return put(key, new GgufValue.Bool(value));
    }

    /**
     * Adds a tensor.
     *
     * @param dimensions the fastest-running first, as GGUF has them
     * @param data asked once for every time the file is written
     * @throws IllegalArgumentException if there is one of that name, or its values do not fill
     *     whole blocks
     */
    public GgufFileWriter tensor(
            String name, GgmlType type, List<Long> dimensions, TensorData data) {
        Tensor tensor = new Tensor(type, List.copyOf(dimensions), data);
        type.bytesOf(dimensions.getFirst());
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("tensor '" + name + "' is there twice");
        }
        return this;
    }

    /**
     * Writes the file, over what is there.
     *
     * @throws IllegalStateException if a tensor's data are not as long as they must be
     */
    public void write(Path path) throws IOException {
        try (Output out =
                new Output(new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES))) {
            out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
            out.number(VERSION, Integer.BYTES);
            out.number(tensors.size(), Long.BYTES);
            out.number(metadata.size(), Long.BYTES);
            for (Map.Entry<String, GgufValue> pair : metadata.entrySet()) {
                out.text(pair.getKey());
                writePair(out, pair.getValue());
            }
            writeDirectory(out);
            writeData(out);
        }
    }

    private static void writePair(Output out, GgufValue value) throws IOException {
        switch (value) {
            case GgufValue.Int(var integer) -> {
                boolean fits = integer >= 0 && integer <= 0xFFFF_FFFFL;
                out.number(fits ? UINT32 : INT64, Integer.BYTES);
                out.number(integer, fits ? Integer.BYTES : Long.BYTES);
            }
            case GgufValue.Float(var number) -> {
                out.number(FLOAT32, Integer.BYTES);
                out.real((float) number);
            }
            case GgufValue.Bool(var flag) -> {
                out.number(BOOL, Integer.BYTES);
                out.number(flag ? 1 : 0, 1);
            }
            case GgufValue.Text(var text) -> {
                out.number(STRING, Integer.BYTES);
                out.text(text);
            }
            case GgufValue.IntArray(var integers) -> {
                boolean fit = LongStream.of(integers).allMatch(each -> each == (int) each);
                out.array(fit ? INT32 : INT64, integers.length);
                for (long integer : integers) {
                    out.number(integer, fit ? Integer.BYTES : Long.BYTES);
                }
            }
            case GgufValue.FloatArray(var floats) -> {
                out.array(FLOAT32, floats.length);
                for (float each : floats) {
                    out.real(each);
                }
            }
            case GgufValue.BoolArray(var flags) -> {
                out.array(BOOL, flags.length);
                for (boolean flag : flags) {
                    out.number(flag ? 1 : 0, 1);
                }
            }
            case GgufValue.TextArray(var texts) -> {
                out.array(STRING, texts.size());
                for (String text : texts) {
                    out.text(text);
                }
            }
            case GgufValue.Nested _ ->
                    throw new IllegalArgumentException("arrays of arrays cannot be written");
        }
    }

    private void writeDirectory(Output out) throws IOException {
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            out.text(entry.getKey());
            out.number(tensor.dimensions().size(), Integer.BYTES);
            for (long dimension : tensor.dimensions()) {
                out.number(dimension, Long.BYTES);
            }
            out.number(tensor.type().id(), Integer.BYTES);
            out.number(offset, Long.BYTES);
            offset = Math.ceilDiv(offset + tensor.sizeBytes(), ALIGNMENT) * ALIGNMENT;
        }
    }

    private void writeData(Output out) throws IOException {
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            out.align();
            long start = out.written;
            entry.getValue().data().writeTo(out);
            long expected = entry.getValue().sizeBytes();
            if (out.written - start != expected) {
                throw new IllegalStateException(
                        "tensor '"
                                + entry.getKey()
                                + "' has "
                                + expected
                                + " bytes, got "
                                + (out.written - start));
            }
        }
        out.align();
    }

    /** Little-endian numbers, and how far we are. */
    private static final class Output extends OutputStream {
        private final OutputStream out;
        private long written;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            written += length;
        }

        void number(long value, int bytes) throws IOException {
            for (int i = 0; i < bytes; i++) {
                write((int) (value >>> 8 * i));
            }
        }

        void real(float value) throws IOException {
            number(Float.floatToRawIntBits(value), Integer.BYTES);
        }

        void text(String text) throws IOException {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length, Long.BYTES);
            write(utf8);
        }

        void array(int elementType, long length) throws IOException {
            number(ARRAY, Integer.BYTES);
            number(elementType, Integer.BYTES);
            number(length, Long.BYTES);
        }

        void align() throws IOException {
            while (written % ALIGNMENT != 0) {
                write(0);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
