package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class GgufFileTest {
    @TempDir private Path folder;

    private static GgufWriter model() {
        return new GgufWriter()
                .text("general.architecture", "llama")
                .tensor("a", new float[] {1}, 1)
                .tensor("b", new float[] {2, 3}, 2)
                .tensor("c", new float[] {4, 5, 6}, 3);
    }

    private static float first(GgufFile file, String tensor) {
        return file.data(file.findTensor(tensor).orElseThrow())
                .get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
    }

    @Test
    void metadataAndTensorDataAreRead() throws IOException {
        Path path = model().write(folder.resolve("m.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.location()).isEqualTo(path.toString());
            assertThat(file.version()).isEqualTo(3);
            assertThat(file.metadata().fileName()).isEqualTo("m.gguf");
            assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
            assertThat(file.tensors().keySet()).containsExactly("a", "b", "c");
            assertThat(first(file, "c")).isEqualTo(4);
            MemorySegment data = file.data(file.findTensor("c").orElseThrow());
            assertThat(data.byteSize()).isEqualTo(12);
            assertThat(data.isReadOnly()).isTrue();
            assertThat(file.findTensor("d")).isEmpty();
        }
    }

    @Test
    void aModelInMemoryIsReadAsAFileIs() {
        byte[] bytes = model().bytes();
        GgufFile file = GgufFile.open("inner.gguf", bytes);
        Arrays.fill(bytes, (byte) 0);
        assertThat(file.location()).isEqualTo("inner.gguf");
        assertThat(file.metadata().fileName()).isEqualTo("inner.gguf");
        assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
        assertThat(file.tensors().keySet()).containsExactly("a", "b", "c");
        assertThat(first(file, "c")).isEqualTo(4);
        MemorySegment data = file.data(file.findTensor("c").orElseThrow());
        assertThat(data.isReadOnly()).isTrue();
        file.close();
        file.close();
        assertThatThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void damagedBytesInMemoryAreRefused() {
        assertThatThrownBy(() -> GgufFile.open("inner.gguf", new byte[0]))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("inner.gguf: header: the file ends at byte 0; is it truncated?");
        byte[] bytes = model().bytes();
        assertThatThrownBy(
                        () -> GgufFile.open("inner.gguf", Arrays.copyOf(bytes, bytes.length - 32)))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("inner.gguf: tensor 'c': it needs 12 bytes");
    }

    @Test
    void aPartOfASplitModelInMemoryIsRefused() {
        byte[] bytes = model().integer("split.count", 2).bytes();
        assertThatThrownBy(() -> GgufFile.open("inner.gguf", bytes))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        "inner.gguf: this is one of 2 parts of a split model; only a whole one can"
                                + " be read from memory");
    }

    @Test
    void aVocabularyOnlyFileHasNoTensors() throws IOException {
        Path path = new GgufWriter().texts("tokens", List.of("a")).write(folder.resolve("v.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.tensors()).isEmpty();
        }
    }

    @Test
    void dataOfAClosedFileCannotBeReadAndClosingTwiceIsFine() throws IOException {
        GgufFile file = GgufFile.open(model().write(folder.resolve("m.gguf")));
        MemorySegment data = file.data(file.findTensor("a").orElseThrow());
        file.close();
        file.close();
        assertThatThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPartOfATensorIsMappedForAsLongAsItsArenaLives() throws IOException {
        Path path = model().write(folder.resolve("m.gguf"));
        try (GgufFile file = GgufFile.open(path);
                GgufFile inMemory = GgufFile.open("m", Files.readAllBytes(path))) {
            for (GgufFile each : List.of(file, inMemory)) {
                for (GgufTensorInfo tensor : each.tensors().values()) {
                    byte[] all = each.data(tensor).toArray(ValueLayout.JAVA_BYTE);
                    try (Arena arena = Arena.ofShared()) {
                        MemorySegment part = each.map(tensor, 1, all.length - 1, arena);
                        assertThat(part.toArray(ValueLayout.JAVA_BYTE))
                                .isEqualTo(Arrays.copyOfRange(all, 1, all.length));
                        assertThat(part.isReadOnly()).isTrue();
                        assertThatThrownBy(() -> each.map(tensor, 1, all.length, arena))
                                .isInstanceOf(IndexOutOfBoundsException.class);
                    }
                }
            }
            GgufTensorInfo tensor = file.findTensor("a").orElseThrow();
            Arena arena = Arena.ofShared();
            MemorySegment part = file.map(tensor, 0, 1, arena);
            arena.close();
            assertThat(part.scope().isAlive()).isFalse();
            assertThat(file.data(tensor).scope().isAlive()).isTrue();
        }
    }

    @Test
    void dataBeyondTwoGibibytesIsReached() throws IOException {
        long cols = 1 << 20;
        long rows = 600;
        Path path = folder.resolve("large.gguf");
        GgufWriter writer = new GgufWriter().tensor("big", GgmlType.F32, new byte[0], cols, rows);
        writer.tensor("last", GgmlType.F32, new byte[0], 1);
        byte[] header = writer.bytes();
        long lastOffset = 4 * cols * rows;
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(offsetOfLastTensor(header), lastOffset);
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.write(header);
            sparse.seek(header.length + lastOffset);
            sparse.write(GgufWriter.store(GgmlType.F32, 42));
        }
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.findTensor("big").orElseThrow().sizeBytes()).isEqualTo(2_516_582_400L);
            assertThat(first(file, "last")).isEqualTo(42);
        } finally {
            Files.delete(path);
        }
    }

    /** The directory ends with that offset; then the file is filled up to a multiple of 32. */
    private static int offsetOfLastTensor(byte[] header) {
        int name = new String(header, StandardCharsets.ISO_8859_1).indexOf("last");
        return name + 4 + 4 + 8 + 4;
    }

    @Test
    void aHugeStringInAHugeFileIsNotRead() throws IOException {
        Path path = folder.resolve("huge.gguf");
        byte[] header = new GgufWriter().text("k", "").bytes();
        int lengthAt = header.length - 8;
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(lengthAt, 1_500_000_000);
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.write(header);
            sparse.setLength(3_000_000_000L);
        }
        assertThatThrownBy(() -> GgufFile.open(path))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("a string's length is 1500000000; at most 1342");
        Files.delete(path);
    }

    @Test
    void filesOfTheReferenceImplementationAreRead() throws IOException {
        Path oracle = Path.of(System.getProperty("parlance.root", "."), "../shared/oracle");
        assumeTrue(Files.exists(oracle));
        try (Stream<Path> walk = Files.walk(oracle)) {
            List<Path> models = walk.filter(p -> p.toString().endsWith(".gguf")).toList();
            assertThat(models).isNotEmpty();
            for (Path model : models) {
                try (GgufFile file = GgufFile.open(model)) {
                    assertThat(file.metadata().string("general.architecture")).isNotEmpty();
                    for (GgufTensorInfo tensor : file.tensors().values()) {
                        assertThat(file.data(tensor).byteSize()).isEqualTo(tensor.sizeBytes());
                    }
                }
            }
        }
    }

    @Test
    void aSplitModelIsOpenedAsOne() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 3);
        assertThat(parts.get(1)).hasFileName("m-00002-of-00003.gguf");
        try (GgufFile file = GgufFile.open(parts.getFirst())) {
            assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
            assertThat(file.tensors().keySet()).containsExactly("a", "b", "c");
            assertThat(first(file, "a")).isEqualTo(1);
            assertThat(first(file, "b")).isEqualTo(2);
            assertThat(first(file, "c")).isEqualTo(4);
        }
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 3);
        Files.delete(parts.get(2));
        assertThatThrownBy(() -> GgufFile.open(parts.getFirst()))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("m-00003-of-00003.gguf")
                .hasMessageContaining("part 3 of 3 of a split model is missing");
    }

    @Test
    void aLaterPartCannotBeOpenedFirst() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 3);
        assertRefused(
                parts.get(1),
                "m-00002-of-00003.gguf: this is part 2 of 3 of a split model; open the first part");
    }

    @Test
    void aSplitModelUnderAnotherNameCannotBeOpened() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 3);
        Path renamed = Files.move(parts.getFirst(), folder.resolve("model.gguf"));
        assertRefused(
                renamed,
                "model.gguf: a model split into 3 files must be named '…-00001-of-00003.gguf' to"
                        + " find the others");
    }

    @Test
    void aPartUnderTheNameOfAnotherIsRefused() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 3);
        Files.delete(parts.get(1));
        Files.copy(parts.get(2), parts.get(1));
        assertRefused(
                parts.getFirst(),
                "m-00002-of-00003.gguf: by its metadata this is part 3 of 3 of a split model; part"
                        + " 2 of 3 is expected under this name");
    }

    @Test
    void partsWithTheSameTensorAreRefused() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 2);
        new GgufWriter()
                .integer("split.no", 1)
                .integer("split.count", 2)
                .tensor("a", new float[] {1}, 1)
                .write(parts.get(1));
        assertRefused(parts.getFirst(), "m-00002-of-00002.gguf: tensor 'a' is there twice");
    }

    @Test
    void aPartOfAnotherModelIsNoticedByTheNumberOfTensors() throws IOException {
        List<Path> parts = model().writeSplit(folder, "m", 2);
        new GgufWriter().integer("split.no", 1).integer("split.count", 2).write(parts.get(1));
        assertRefused(
                parts.getFirst(),
                "m-00001-of-00002.gguf: metadata 'split.tensors.count' is 3, but the parts have 2"
                        + " tensors together; are all parts of the same model?");
    }

    private static void assertRefused(Path path, String message) {
        assertThatThrownBy(() -> GgufFile.open(path))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(message);
    }

    @Test
    void whatIsNoFileIsAnIoException() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.gguf");
        assertThatThrownBy(() -> GgufFile.open(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        assertRefused(
                Files.createFile(folder.resolve("empty.gguf")),
                "empty.gguf: header: the file ends at byte 0; is it truncated?");
    }
}
