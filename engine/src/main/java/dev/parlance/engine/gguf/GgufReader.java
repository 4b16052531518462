package dev.parlance.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Parses one mapped GGUF file.
 *
 * <p>Every length is checked against the bytes that are left, times the least an element can take,
 * before anything is allocated; so a file can make us allocate only in proportion to its own size,
 * and only to that of its first {@code MAX_HEADER_BYTES}. Source: ggml's docs/gguf.md and gguf.cpp.
 */
final class GgufReader {
    /** "GGUF" read as a little-endian integer. */
    private static final int MAGIC = 0x46554747;

    private static final int DEFAULT_ALIGNMENT = 32;
    private static final String ALIGNMENT = "general.alignment";

    /** ggml.h GGML_MAX_DIMS. */
    private static final int MAX_DIMENSIONS = 4;

    /** ggml.h GGML_MAX_NAME is 64; some converters write longer names, so be generous. */
    private static final int MAX_TENSOR_NAME_BYTES = 256;

    /** Models in use have about 100. */
    private static final int MAX_PAIRS = 1 << 16;

    /** Models in use have at most some tens of thousands: one per expert and layer. */
    private static final int MAX_TENSORS = 1 << 18;

    /** All before the tensor data; the largest in use take some 30 MiB, nearly all vocabulary. */
    private static final long MAX_HEADER_BYTES = 128L << 20;

    /** key length, value type, value; and name length, dimension count, type, offset. */
    private static final int MIN_PAIR_BYTES = 8 + 4 + 1;

    private static final int MIN_TENSOR_BYTES = 8 + 4 + 4 + 8;

    /** One file's part of a model. */
    record Contents(
            int version,
            GgufMetadata metadata,
            List<GgufTensorInfo> tensors,
            MemorySegment dataSection) {}

    private final MemorySegment map;
    private final GgufCursor cursor;
    private final int splitIndex;

    GgufReader(String fileName, MemorySegment map, int splitIndex) {
        this(fileName, map, splitIndex, MAX_HEADER_BYTES);
    }

    GgufReader(String fileName, MemorySegment map, int splitIndex, long maxHeaderBytes) {
        this.map = map;
        this.cursor = new GgufCursor(fileName, map, maxHeaderBytes);
        this.splitIndex = splitIndex;
    }

    Contents read() {
        int magic = cursor.readInt();
        if (magic != MAGIC) {
            throw cursor.error(
                    "this is not a GGUF file; it starts with the bytes "
                            + HexFormat.ofDelimiter(" ").formatHex(firstBytes())
                            + ", not with 47 47 55 46");
        }
        int version = cursor.readInt();
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw cursor.error("this is a big-endian file; little-endian ones can be read");
        }
        if (version != 2 && version != 3) {
            throw cursor.error(
                    "GGUF version "
                            + Integer.toUnsignedString(version)
                            + "; versions 2 and 3 can be read");
        }
        int tensorCount = cursor.readCount("tensor count", MIN_TENSOR_BYTES, MAX_TENSORS);
        int pairCount = cursor.readCount("metadata count", MIN_PAIR_BYTES, MAX_PAIRS);

        GgufMetadata metadata =
                new GgufMetadata(
                        cursor.fileName(), new GgufValueReader(cursor).readPairs(pairCount));
        int alignment = metadata.integer(ALIGNMENT, 1, 1 << 20, DEFAULT_ALIGNMENT);
        if (Integer.bitCount(alignment) != 1) {
            cursor.enter("metadata '" + ALIGNMENT + "'");
            throw cursor.error("it is " + alignment + "; it must be a power of two");
        }
        List<GgufTensorInfo> tensors = readDirectory(tensorCount, alignment);
        long dataStart = tensors.isEmpty() ? map.byteSize() : alignUp(cursor.position(), alignment);
        if (dataStart > map.byteSize()) {
            throw cursor.error(
                    "the file ends at byte "
                            + map.byteSize()
                            + ", before its data section at "
                            + dataStart);
        }
        MemorySegment dataSection = map.asSlice(dataStart);
        checkExtents(tensors, dataSection.byteSize());
        return new Contents(version, metadata, tensors, dataSection);
    }

    private byte[] firstBytes() {
        return map.asSlice(0, Integer.BYTES).toArray(ValueLayout.JAVA_BYTE);
    }

    private List<GgufTensorInfo> readDirectory(int count, int alignment) {
        List<GgufTensorInfo> tensors = new ArrayList<>(count);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            cursor.enter("tensor " + i);
            String name = cursor.readString(MAX_TENSOR_NAME_BYTES);
            cursor.enter("tensor '" + name + "'");
            if (!names.add(name)) {
                throw cursor.error("it is there twice");
            }
            List<Long> dimensions = readDimensions();
            GgmlType type = readType(dimensions.getFirst());
            long offset = cursor.readLong();
            if (offset < 0 || offset % alignment != 0) {
                throw cursor.error(
                        "its data starts at offset "
                                + Long.toUnsignedString(offset)
                                + "; a multiple of "
                                + alignment
                                + " is required");
            }
            tensors.add(new GgufTensorInfo(name, type, dimensions, splitIndex, offset));
        }
        return tensors;
    }

    private List<Long> readDimensions() {
        int count = cursor.readInt();
        if (count < 1 || count > MAX_DIMENSIONS) {
            throw cursor.error(
                    "it has "
                            + Integer.toUnsignedString(count)
                            + " dimensions; 1 to "
                            + MAX_DIMENSIONS
                            + " are allowed");
        }
        List<Long> dimensions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long dimension = cursor.readLong();
            if (dimension < 1 || dimension > Integer.MAX_VALUE) {
                throw cursor.error(
                        "dimension "
                                + i
                                + " is "
                                + Long.toUnsignedString(dimension)
                                + "; 1 to "
                                + Integer.MAX_VALUE
                                + " is allowed");
            }
            dimensions.add(dimension);
        }
        return dimensions;
    }

    private GgmlType readType(long rowValues) {
        long id = Integer.toUnsignedLong(cursor.readInt());
        GgmlType type =
                GgmlType.ofId(id).orElseThrow(() -> cursor.error("unknown ggml type " + id));
        if (rowValues % type.blockValues() != 0) {
            throw cursor.error(
                    "its rows have "
                            + rowValues
                            + " values; "
                            + type
                            + " needs a multiple of "
                            + type.blockValues());
        }
        return type;
    }

    private void checkExtents(List<GgufTensorInfo> tensors, long dataBytes) {
        List<GgufTensorInfo> byOffset = new ArrayList<>(tensors);
        byOffset.sort(Comparator.comparingLong(GgufTensorInfo::offset));
        long end = 0;
        String previous = "";
        for (GgufTensorInfo tensor : byOffset) {
            cursor.enter("tensor '" + tensor.name() + "'");
            long size;
            try {
                size = tensor.sizeBytes();
            } catch (ArithmeticException overflow) {
                throw cursor.error("its shape " + tensor.shape() + " is beyond 2^63 bytes");
            }
            if (size > dataBytes || tensor.offset() > dataBytes - size) {
                throw cursor.error(
                        "it needs "
                                + size
                                + " bytes from offset "
                                + tensor.offset()
                                + " on, the data section has "
                                + dataBytes
                                + "; is the file truncated?");
            }
            if (tensor.offset() < end) {
                throw cursor.error(
                        "it starts at offset "
                                + tensor.offset()
                                + ", inside tensor '"
                                + previous
                                + "', which ends at "
                                + end);
            }
            end = tensor.offset() + size;
            previous = tensor.name();
        }
    }

    private static long alignUp(long offset, int alignment) {
        return (offset + alignment - 1) & -(long) alignment;
    }
}
