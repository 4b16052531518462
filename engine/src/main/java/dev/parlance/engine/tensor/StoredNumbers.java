package dev.parlance.engine.tensor;

/**
 * Reads the numbers that blocks are made of: little-endian, at any alignment.
 *
 * <p>Plain array accesses, which are fast also in code that has only just been loaded.
 */
final class StoredNumbers {
    private StoredNumbers() {}

    static int unsignedByte(byte[] data, int at) {
        return data[at] & 0xFF;
    }

    static int signedByte(byte[] data, int at) {
        return data[at];
    }

    static int unsignedShort(byte[] data, int at) {
        return data[at] & 0xFF | (data[at + 1] & 0xFF) << 8;
    }

    static int integer(byte[] data, int at) {
        return unsignedShort(data, at) | unsignedShort(data, at + 2) << 16;
    }

    /** An IEEE 754 half-precision number. */
    static float half(byte[] data, int at) {
        return Float.float16ToFloat((short) unsignedShort(data, at));
    }
}
