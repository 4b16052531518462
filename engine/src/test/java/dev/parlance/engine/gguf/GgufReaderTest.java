package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgufWriter.Elements;
import dev.parlance.engine.gguf.GgufWriter.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class GgufReaderTest {
    private static GgufReader.Contents read(byte[] bytes) {
        return new GgufReader("m.gguf", MemorySegment.ofArray(bytes), 0).read();
    }

    private static GgufValue value(GgufMetadata metadata, String key) {
        return Optional.ofNullable(metadata.values().get(key)).orElseThrow();
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void metadataOfEveryTypeIsRead(int version) {
        byte[] bytes =
                new GgufWriter()
                        .version(version)
                        .pair("u8", Kind.UINT8, 255)
                        .pair("i8", Kind.INT8, -1)
                        .pair("u16", Kind.UINT16, 65_535)
                        .pair("i16", Kind.INT16, -2)
                        .pair("u32", Kind.UINT32, 4_294_967_295L)
                        .pair("i32", Kind.INT32, -3)
                        .pair("u64", Kind.UINT64, Long.MAX_VALUE)
                        .pair("i64", Kind.INT64, Long.MIN_VALUE)
                        .pair("f32", Kind.FLOAT32, 0.1f)
                        .pair("f64", Kind.FLOAT64, 0.1)
                        .flag("yes", true)
                        .flag("no", false)
                        .text("text", "wörld \uD83D\uDE00")
                        .text("empty", "")
                        .bytes();

        GgufReader.Contents contents = read(bytes);

        assertThat(contents.version()).isEqualTo(version);
        assertThat(contents.metadata().values())
                .containsExactly(
                        Map.entry("u8", new GgufValue.Int(255)),
                        Map.entry("i8", new GgufValue.Int(-1)),
                        Map.entry("u16", new GgufValue.Int(65_535)),
                        Map.entry("i16", new GgufValue.Int(-2)),
                        Map.entry("u32", new GgufValue.Int(4_294_967_295L)),
                        Map.entry("i32", new GgufValue.Int(-3)),
                        Map.entry("u64", new GgufValue.Int(Long.MAX_VALUE)),
                        Map.entry("i64", new GgufValue.Int(Long.MIN_VALUE)),
                        Map.entry("f32", new GgufValue.Float(0.1f)),
                        Map.entry("f64", new GgufValue.Float(0.1)),
                        Map.entry("yes", new GgufValue.Bool(true)),
                        Map.entry("no", new GgufValue.Bool(false)),
                        Map.entry("text", new GgufValue.Text("wörld \uD83D\uDE00")),
                        Map.entry("empty", new GgufValue.Text("")));
        assertThat(contents.tensors()).isEmpty();
    }

    @Test
    void arraysOfEveryTypeAreRead() {
        GgufWriter writer = new GgufWriter();
        for (Kind kind :
                List.of(
                        Kind.UINT8,
                        Kind.INT8,
                        Kind.UINT16,
                        Kind.INT16,
                        Kind.UINT32,
                        Kind.INT32,
                        Kind.UINT64,
                        Kind.INT64)) {
            writer.pair(kind.name(), Kind.ARRAY, new Elements(kind, List.of(1, 2, 100)));
        }
        writer.reals("f32", 0.5f, -2)
                .pair("f64", Kind.ARRAY, new Elements(Kind.FLOAT64, List.of(0.25)))
                .pair("bool", Kind.ARRAY, new Elements(Kind.BOOL, List.of(true, false)))
                .texts("texts", List.of("a", "", "ç"))
                .integers("none");

        GgufMetadata metadata = read(writer.bytes()).metadata();

        for (Kind kind : List.of(Kind.UINT8, Kind.INT16, Kind.UINT32, Kind.UINT64, Kind.INT64)) {
            assertThat(metadata.findIntegers(kind.name()).orElseThrow()).containsExactly(1, 2, 100);
        }
        assertThat(metadata.findFloats("f32").orElseThrow()).containsExactly(0.5f, -2);
        assertThat(metadata.findFloats("f64").orElseThrow()).containsExactly(0.25f);
        assertThat(((GgufValue.BoolArray) value(metadata, "bool")).values())
                .containsExactly(true, false);
        assertThat(metadata.strings("texts")).containsExactly("a", "", "ç");
        assertThat(metadata.findIntegers("none").orElseThrow()).isEmpty();
    }

    private static Elements nested(int depth) {
        Object element = depth == 1 ? 7 : nested(depth - 1);
        return new Elements(depth == 1 ? Kind.INT32 : Kind.ARRAY, List.of(element));
    }

    @Test
    void arraysNestFourDeepAndNoDeeper() {
        GgufMetadata metadata =
                read(new GgufWriter().pair("deep", Kind.ARRAY, nested(4)).bytes()).metadata();
        GgufValue value = value(metadata, "deep");
        for (int i = 0; i < 3; i++) {
            value = ((GgufValue.Nested) value).values().getFirst();
        }
        assertThat(((GgufValue.IntArray) value).values()).containsExactly(7);

        assertRefused(
                new GgufWriter().pair("deep", Kind.ARRAY, nested(5)).bytes(),
                "m.gguf: metadata 'deep': arrays are nested deeper than 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 4096})
    void tensorsAreFoundWhereTheyAre(int alignment) {
        byte[] first = {1, 2, 3};
        byte[] bytes =
                new GgufWriter()
                        .alignment(alignment)
                        .tensor("a", GgmlType.I8, first, 3)
                        .tensor("b.weight", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
                        .tensor("q", GgmlType.Q8_0, new byte[68], 32, 1, 2, 1)
                        .bytes();

        GgufReader.Contents contents = read(bytes);

        assertThat(contents.tensors()).hasSize(3);
        GgufTensorInfo a = contents.tensors().getFirst();
        assertThat(a.name()).isEqualTo("a");
        assertThat(a.sizeBytes()).isEqualTo(3);
        assertThat(
                        contents.dataSection()
                                .asSlice(a.offset(), 3)
                                .mismatch(MemorySegment.ofArray(first)))
                .isEqualTo(-1);
        GgufTensorInfo b = contents.tensors().get(1);
        assertThat(b.type()).isEqualTo(GgmlType.F32);
        assertThat(b.shape()).isEqualTo("3 x 2");
        assertThat(b.offset()).isEqualTo(Math.max(3, alignment));
        assertThat(b.valueCount()).isEqualTo(6);
        GgufTensorInfo q = contents.tensors().get(2);
        assertThat(q.dimensions()).containsExactly(32L, 1L, 2L, 1L);
        assertThat(q.sizeBytes()).isEqualTo(68);
    }

    @Test
    void otherFilesAreRefused() {
        assertRefused(new byte[0], "m.gguf: header: the file ends at byte 0; is it truncated?");
        assertRefused(
                "#!/bin/sh".getBytes(StandardCharsets.US_ASCII),
                "m.gguf: header: this is not a GGUF file; it starts with the bytes 23 21 2f 62, not"
                        + " with 47 47 55 46");
        assertRefused(
                new GgufWriter().version(1).bytes(),
                "m.gguf: header: GGUF version 1; versions 2 and 3 can be read");
        assertRefused(
                new GgufWriter().version(0x03000000).bytes(),
                "m.gguf: header: this is a big-endian file; little-endian ones can be read");
    }

    /** A file with one pair {@code "k" = 7}; the pair's type is at byte 33, its value at 37. */
    private static ByteBuffer onePair(Kind kind, Object value) {
        return ByteBuffer.wrap(new GgufWriter().pair("k", kind, value).bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void promisesTheFileCannotKeepAreRefused() {
        assertRefused(
                onePair(Kind.UINT8, 7).putLong(8, 1L << 62).array(),
                "m.gguf: header: tensor count is 4611686018427387904; 262144 is the most allowed,"
                        + " and the rest of the file has room for 0");
        assertRefused(
                onePair(Kind.UINT8, 7).putLong(16, -1).array(),
                "m.gguf: header: metadata count is 18446744073709551615; 65536 is the most allowed,"
                        + " and the rest of the file has room for 1");
        assertRefused(
                onePair(Kind.UINT8, 7).putLong(24, 65_536).array(),
                "m.gguf: metadata pair 0: a string's length is 65536; at most 6 is possible here");
        assertRefused(
                onePair(Kind.STRING, "abc").putLong(37, -1).array(),
                "m.gguf: metadata 'k': a string's length is 18446744073709551615; at most 3 is"
                        + " possible here");
        assertRefused(
                onePair(Kind.ARRAY, new Elements(Kind.INT32, List.of(1))).putLong(41, 2).array(),
                "m.gguf: metadata 'k': array length is 2; 16777216 is the most allowed, and the"
                        + " rest of the file has room for 1");
    }

    @Test
    void oddMetadataIsRefused() {
        assertRefused(
                onePair(Kind.UINT8, 7).putInt(33, 13).array(),
                "m.gguf: metadata 'k': unknown value type 13; 0 to 12 are known");
        assertRefused(
                onePair(Kind.UINT8, 7).putInt(33, Kind.BOOL.ordinal()).array(),
                "m.gguf: metadata 'k': a boolean is 7; 0 or 1 is allowed");
        assertRefused(
                onePair(Kind.UINT64, -1L).array(),
                "m.gguf: metadata 'k': the value 18446744073709551615 is beyond 2^63 - 1");
        assertRefused(
                new GgufWriter().alignment(48).bytes(),
                "m.gguf: metadata 'general.alignment': it is 48; it must be a power of two");
        assertRefused(
                new GgufWriter().alignment(0x40000000).bytes(),
                "m.gguf: metadata 'general.alignment' is 1073741824; it must be between 1 and"
                        + " 1048576");

        byte[] twice = new GgufWriter().integer("k1", 1).integer("k2", 2).bytes();
        twice[indexOf(twice, "k2") + 1] = '1';
        assertRefused(twice, "m.gguf: metadata 'k1': the key is there twice");
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    /**
     * A file with the tensors "t1" and "t2" of 8 floats each. Of t1 the dimension count is 2 bytes
     * after the start of the name, then the dimension, type and offset.
     */
    private static ByteBuffer twoTensors() {
        return ByteBuffer.wrap(
                        new GgufWriter()
                                .tensor("t1", new float[8], 8)
                                .tensor("t2", new float[8], 8)
                                .bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void oddTensorsAreRefused() {
        int name = indexOf(twoTensors().array(), "t1");
        int second = indexOf(twoTensors().array(), "t2");
        assertRefused(
                twoTensors().putInt(name + 2, 5).array(),
                "m.gguf: tensor 't1': it has 5 dimensions; 1 to 4 are allowed");
        assertRefused(
                twoTensors().putInt(name + 2, 0).array(),
                "m.gguf: tensor 't1': it has 0 dimensions; 1 to 4 are allowed");
        assertRefused(
                twoTensors().putLong(name + 6, 0).array(),
                "m.gguf: tensor 't1': dimension 0 is 0; 1 to 2147483647 is allowed");
        assertRefused(
                twoTensors().putLong(name + 6, 1L << 40).array(),
                "m.gguf: tensor 't1': dimension 0 is 1099511627776; 1 to 2147483647 is allowed");
        assertRefused(
                twoTensors().putLong(name + 6, Integer.MAX_VALUE).array(),
                "m.gguf: tensor 't1': it needs 8589934588 bytes from offset 0 on, the data section"
                        + " has 64; is the file truncated?");
        assertRefused(
                twoTensors().putInt(name + 14, 4).array(),
                "m.gguf: tensor 't1': unknown ggml type 4");
        assertRefused(
                twoTensors().putInt(name + 14, GgmlType.Q4_0.id()).array(),
                "m.gguf: tensor 't1': its rows have 8 values; Q4_0 needs a multiple of 32");
        assertRefused(
                twoTensors().putLong(name + 18, 4).array(),
                "m.gguf: tensor 't1': its data starts at offset 4; a multiple of 32 is required");
        assertRefused(
                twoTensors().putLong(second + 18, 0).putLong(second + 6, 1).array(),
                "m.gguf: tensor 't2': it starts at offset 0, inside tensor 't1', which ends at 32");
        assertRefused(
                twoTensors().put(second + 1, (byte) '1').array(),
                "m.gguf: tensor 't1': it is there twice");
        assertRefused(
                twoTensors().putLong(second + 18, 1L << 62).array(),
                "m.gguf: tensor 't2': it needs 32 bytes from offset 4611686018427387904 on, the"
                        + " data section has 64; is the file truncated?");
        int data = twoTensors().capacity() - 64;
        assertRefused(
                Arrays.copyOf(twoTensors().array(), data - 1),
                "m.gguf: tensor 't2': the file ends at byte "
                        + (data - 1)
                        + ", before its data section at "
                        + data);
    }

    @Test
    void aShapeBeyondAllNumbersIsRefused() {
        byte[] bytes = new GgufWriter().tensor("t", GgmlType.F32, new byte[4], 1, 1, 1).bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int dimensions = 24 + 8 + 1 + 4;
        for (int i = 0; i < 3; i++) {
            buffer.putLong(dimensions + 8 * i, Integer.MAX_VALUE);
        }
        assertRefused(
                bytes,
                "m.gguf: tensor 't': its shape 2147483647 x 2147483647 x 2147483647 is beyond 2^63"
                        + " bytes");
    }

    @Test
    void metadataAndDirectoryAreBounded() {
        byte[] bytes = new GgufWriter().integer("a", 1).integer("b", 2).bytes();
        assertThatThrownBy(() ->
                        new GgufReader("m.gguf", MemorySegment.ofArray(bytes), 0, bytes.length - 1)
                                .read())
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        "m.gguf: metadata 'b': metadata and tensor directory are longer than the "
                                + (bytes.length - 1)
                                + " bytes allowed");
    }
}
