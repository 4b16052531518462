package dev.parlance.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads the numbers that blocks are made of: little-endian, at any alignment. */
final class StoredNumbers {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private StoredNumbers() {}

    static int unsignedByte(MemorySegment data, long at) {
        return data.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    static int signedByte(MemorySegment data, long at) {
        return data.get(ValueLayout.JAVA_BYTE, at);
    }

    static int unsignedShort(MemorySegment data, long at) {
        return data.get(SHORT, at) & 0xFFFF;
    }

    static int integer(MemorySegment data, long at) {
        return data.get(INT, at);
    }

    /** An IEEE 754 half-precision number. */
    static float half(MemorySegment data, long at) {
        return Float.float16ToFloat(data.get(SHORT, at));
    }
}
