package dev.parlance.engine.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads stored blocks several numbers at a time. */
final class StoredBlocks {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private StoredBlocks() {}

    private static VarHandle view(Class<?> arrays) {
        return MethodHandles.byteArrayViewVarHandle(arrays, ByteOrder.LITTLE_ENDIAN);
    }

    static short half(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at);
    }

    static int word(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    /** The 4 lower bits of 8 bytes as a word. */
    static int lowerNibbles(byte[] bytes, int at) {
        return (int) Long.compress((long) LONG.get(bytes, at), 0x0F0F_0F0F_0F0F_0F0FL);
    }

    /** The 4 upper bits of 8 bytes as a word. */
    static int upperNibbles(byte[] bytes, int at) {
        return (int) Long.compress((long) LONG.get(bytes, at), 0xF0F0_F0F0_F0F0_F0F0L);
    }

    /** Two bits of each of 8 bytes as 16 bits. */
    static int pairs(byte[] bytes, int at, int shift) {
        return (int) Long.compress((long) LONG.get(bytes, at), 0x0303_0303_0303_0303L << shift);
    }

    /** One bit of each of 8 bytes as 8 bits. */
    static int bits(byte[] bytes, int at, int shift) {
        return (int) Long.compress((long) LONG.get(bytes, at), 0x0101_0101_0101_0101L << shift);
    }
}
