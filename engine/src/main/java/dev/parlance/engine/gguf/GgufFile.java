package dev.parlance.engine.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An open GGUF model file (version 2 or 3), memory-mapped; a model split over several files is
 * opened as one. One that is no file of its own is held in memory instead.
 *
 * <p>Threads: safe. Errors: {@link GgufFormatException} for a damaged or hostile file, {@link
 * IOException} where the file system fails. Cost: opening reads header, metadata and directory;
 * weights are paged in on use. The files stay open until {@link #close()}.
 */
public final class GgufFile implements AutoCloseable {
    static final String SPLIT_COUNT = "split.count";
    static final String SPLIT_NUMBER = "split.no";
    static final String SPLIT_TENSOR_COUNT = "split.tensors.count";

    /**
     * llama.cpp's tools write a few dozen files at most; five digits is what the naming scheme
     * allows.
     */
    static final int MAX_SPLITS = 1000;

    /** A cache line; a mapped file begins at a page. */
    private static final int COPY_ALIGNMENT = 64;

    private final String location;
    private final Arena arena;
    private final int version;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensorInfo> tensors;
    private final List<DataSection> dataSections;

    /**
     * The weights of one file.
     *
     * @param channel the file, in which they begin at {@code start}; none if they are in memory
     */
    private record DataSection(MemorySegment bytes, Optional<FileChannel> channel, long start) {}

    private GgufFile(
            String location,
            Arena arena,
            int version,
            GgufMetadata metadata,
            Map<String, GgufTensorInfo> tensors,
            List<DataSection> dataSections) {
        this.location = location;
        this.arena = arena;
        this.version = version;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.dataSections = List.copyOf(dataSections);
    }

    /**
     * Opens a model file. Of a split model give the first file ({@code …-00001-of-00003.gguf}); the
     * others are found beside it.
     */
    public static GgufFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        Map<String, GgufTensorInfo> tensors = new LinkedHashMap<>();
        List<DataSection> sections = new ArrayList<>();
        try {
            GgufReader.Contents first = read(path, arena, 0, tensors, sections);
            int splits = first.metadata().integer(SPLIT_COUNT, 0, MAX_SPLITS, 1);
            if (splits > 1) {
                checkIsFirst(first.metadata(), splits);
                for (int i = 1; i < splits; i++) {
                    readPart(splitPath(path, i, splits), arena, i, splits, tensors, sections);
                }
                checkTensorCount(first.metadata(), tensors.size());
            }
            return new GgufFile(
                    path.toString(), arena, first.version(), first.metadata(), tensors, sections);
        } catch (IOException | RuntimeException e) {
            close(arena, sections);
            throw e;
        }
    }

    /**
     * Opens a model whose bytes are in memory, such as one that was inside a jar; they are copied.
     *
     * @param name what errors and listings call it
     * @throws GgufFormatException if it is damaged, or a part of a split model
     */
    public static GgufFile open(String name, byte[] bytes) {
        Arena arena = Arena.ofShared();
        try {
            // Outside the Java heap as a mapped file is, so that kernels meet one kind of segment.
            MemorySegment copy = arena.allocate(bytes.length, COPY_ALIGNMENT);
            MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
            GgufReader.Contents contents = new GgufReader(name, copy.asReadOnly(), 0).read();
            int splits = contents.metadata().integer(SPLIT_COUNT, 0, MAX_SPLITS, 1);
            if (splits > 1) {
                throw new GgufFormatException(
                        name
                                + ": this is one of "
                                + splits
                                + " parts of a split model; only a whole one can be read from"
                                + " memory");
            }
            Map<String, GgufTensorInfo> tensors = new LinkedHashMap<>();
            add(contents, tensors);
            return new GgufFile(
                    name,
                    arena,
                    contents.version(),
                    contents.metadata(),
                    tensors,
                    List.of(new DataSection(contents.dataSection(), Optional.empty(), 0)));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static void checkIsFirst(GgufMetadata metadata, int splits) {
        int number = metadata.integer(SPLIT_NUMBER, 0, splits - 1);
        if (number != 0) {
            throw new GgufFormatException(
                    metadata.fileName()
                            + ": this is part "
                            + (number + 1)
                            + " of "
                            + splits
                            + " of a split model; open the first part");
        }
    }

    private static void readPart(
            Path path,
            Arena arena,
            int index,
            int splits,
            Map<String, GgufTensorInfo> tensors,
            List<DataSection> sections)
            throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    path.toString(),
                    null,
                    "part " + (index + 1) + " of " + splits + " of a split model is missing");
        }
        GgufMetadata metadata = read(path, arena, index, tensors, sections).metadata();
        int number = metadata.integer(SPLIT_NUMBER, 0, MAX_SPLITS);
        int count = metadata.integer(SPLIT_COUNT, 0, MAX_SPLITS);
        if (number != index || count != splits) {
            throw new GgufFormatException(
                    metadata.fileName()
                            + ": by its metadata this is part "
                            + (number + 1)
                            + " of "
                            + count
                            + " of a split model; part "
                            + (index + 1)
                            + " of "
                            + splits
                            + " is expected under this name");
        }
    }

    private static void checkTensorCount(GgufMetadata metadata, int found) {
        int expected = metadata.integer(SPLIT_TENSOR_COUNT, 0, Integer.MAX_VALUE, found);
        if (expected != found) {
            throw new GgufFormatException(
                    metadata.fileName()
                            + ": metadata '"
                            + SPLIT_TENSOR_COUNT
                            + "' is "
                            + expected
                            + ", but the parts have "
                            + found
                            + " tensors together; are all parts of the same model?");
        }
    }

    private static GgufReader.Contents read(
            Path path,
            Arena arena,
            int splitIndex,
            Map<String, GgufTensorInfo> tensors,
            List<DataSection> sections)
            throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            MemorySegment map =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            GgufReader.Contents contents =
                    new GgufReader(String.valueOf(path.getFileName()), map, splitIndex).read();
            add(contents, tensors);
            long start = map.byteSize() - contents.dataSection().byteSize();
            sections.add(new DataSection(contents.dataSection(), Optional.of(channel), start));
            return contents;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void add(GgufReader.Contents part, Map<String, GgufTensorInfo> tensors) {
        for (GgufTensorInfo tensor : part.tensors()) {
            if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
                throw new GgufFormatException(
                        part.metadata().fileName()
                                + ": tensor '"
                                + tensor.name()
                                + "' is there twice");
            }
        }
    }

    private static Path splitPath(Path first, int index, int count) {
        String name = String.valueOf(first.getFileName());
        String suffix = String.format("-%05d-of-%05d.gguf", 1, count);
        if (!name.endsWith(suffix)) {
            throw new GgufFormatException(
                    name
                            + ": a model split into "
                            + count
                            + " files must be named '…"
                            + suffix
                            + "' to find the others");
        }
        String stem = name.substring(0, name.length() - suffix.length());
        return first.resolveSibling(stem + String.format("-%05d-of-%05d.gguf", index + 1, count));
    }

    /** The path it was opened from, or the name that its bytes were given with. */
    public String location() {
        return location;
    }

    /** The GGUF version, 2 or 3. */
    public int version() {
        return version;
    }

    /** Key/value pairs; of a split model, those of its first file. */
    public GgufMetadata metadata() {
        return metadata;
    }

    /** All tensors by name, in the order of the file; empty for a vocabulary-only file. */
    public Map<String, GgufTensorInfo> tensors() {
        return tensors;
    }

    public Optional<GgufTensorInfo> findTensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * The stored bytes of a tensor of this file; read-only. After {@link #close()} reading them
     * throws {@link IllegalStateException}.
     */
    public MemorySegment data(GgufTensorInfo tensor) {
        MemorySegment section = dataSections.get(tensor.splitIndex()).bytes();
        return section.asSlice(tensor.offset(), tensor.sizeBytes());
    }

    /**
     * Stored bytes of a tensor of this file that are read once and then no more: mapped for as long
     * as {@code arena} lives, so that afterwards they take no memory of this process. A model that
     * is in memory gives what {@link #data} does.
     *
     * @param offset from the tensor's first byte
     */
    public MemorySegment map(GgufTensorInfo tensor, long offset, long length, Arena arena)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, tensor.sizeBytes());
        DataSection section = dataSections.get(tensor.splitIndex());
        long from = tensor.offset() + offset;
        if (section.channel().isEmpty()) {
            return section.bytes().asSlice(from, length);
        }
        return section.channel()
                .get()
                .map(FileChannel.MapMode.READ_ONLY, section.start() + from, length, arena);
    }

    /**
     * SHA-256 of what tells this model from others: all metadata, the tensor directory and samples
     * of the weights.
     *
     * <p>Cost: reads at most 64 KiB of each tensor, so that it takes no longer for a large model.
     * The price: two files that differ in a few weights only may have the same.
     */
    public byte[] fingerprint() {
        return GgufFingerprint.of(this);
    }

    /** Unmaps and closes the files, or frees the memory; does nothing the second time. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            close(arena, dataSections);
        }
    }

    private static void close(Arena arena, List<DataSection> sections) {
        arena.close();
        for (DataSection section : sections) {
            try {
                if (section.channel().isPresent()) {
                    section.channel().get().close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e); // nothing was written, so nothing is lost
            }
        }
    }
}
