package dev.parlance.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A place in a file's header that moves on with everything read there, and knows what to call the
 * place in an error.
 */
final class GgufCursor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String fileName;
    private final long fileBytes;

    /** The part of the file that may be read as header. */
    private final MemorySegment header;

    private long position;
    private String where = "header";

    GgufCursor(String fileName, MemorySegment map, long maxHeaderBytes) {
        this.fileName = fileName;
        this.fileBytes = map.byteSize();
        this.header = map.asSlice(0, Math.min(map.byteSize(), maxHeaderBytes));
    }

    String fileName() {
        return fileName;
    }

    long position() {
        return position;
    }

    /** Tells what is being read, for errors. */
    void enter(String part) {
        where = part;
    }

    GgufFormatException error(String problem) {
        return new GgufFormatException(fileName + ": " + where + ": " + problem);
    }

    /**
     * A count of things, at most {@code max}, that take at least {@code minBytes} each, so that no
     * more can be promised than the file holds.
     */
    int readCount(String what, int minBytes, int max) {
        long count = readLong();
        long room = (header.byteSize() - position) / minBytes;
        if (count < 0 || count > Math.min(room, max)) {
            throw error(
                    what
                            + " is "
                            + Long.toUnsignedString(count)
                            + "; "
                            + max
                            + " is the most allowed, and the rest of the file has room for "
                            + room);
        }
        return (int) count;
    }

    String readString(int maxBytes) {
        long length = readLong();
        long most = Math.min(maxBytes, header.byteSize() - position);
        if (length < 0 || length > most) {
            throw error(
                    "a string's length is "
                            + Long.toUnsignedString(length)
                            + "; at most "
                            + most
                            + " is possible here");
        }
        byte[] bytes = header.asSlice(position, length).toArray(ValueLayout.JAVA_BYTE);
        position += length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    byte readByte() {
        return header.get(ValueLayout.JAVA_BYTE, advance(1));
    }

    short readShort() {
        return header.get(SHORT, advance(2));
    }

    int readInt() {
        return header.get(INT, advance(4));
    }

    long readLong() {
        return header.get(LONG, advance(8));
    }

    private long advance(int bytes) {
        if (header.byteSize() - position < bytes) {
            throw error(
                    header.byteSize() < fileBytes
                            ? "metadata and tensor directory are longer than the "
                                    + header.byteSize()
                                    + " bytes allowed"
                            : "the file ends at byte " + fileBytes + "; is it truncated?");
        }
        long at = position;
        position += bytes;
        return at;
    }
}
