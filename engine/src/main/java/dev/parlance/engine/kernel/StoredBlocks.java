package dev.parlance.engine.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads stored blocks several numbers at a time.
 *
 * <p>Bits are moved together with shifts rather than {@link Long#compress}, which is one
 * instruction on some CPUs and a long loop on others, and on all of them until C2 has compiled it.
 */
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
        return nibbles(eightBytes(bytes, at));
    }

    /** The 4 upper bits of 8 bytes as a word. */
    static int upperNibbles(byte[] bytes, int at) {
        return nibbles(eightBytes(bytes, at) >>> 4);
    }

    private static int nibbles(long bytes) {
        long fours = bytes & 0x0F0F_0F0F_0F0F_0F0FL;
        long eights = (fours | fours >>> 4) & 0x00FF_00FF_00FF_00FFL;
        long sixteens = (eights | eights >>> 8) & 0x0000_FFFF_0000_FFFFL;
        return (int) (sixteens | sixteens >>> 16);
    }

    static long eightBytes(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /** Two bits of each of 8 bytes as 16 bits. */
    static int pairs(byte[] bytes, int at, int shift) {
        return pairs(eightBytes(bytes, at) >>> shift);
    }

    /** The 2 lower bits of 8 bytes as 16 bits. */
    static int pairs(long bytes) {
        long twos = bytes & 0x0303_0303_0303_0303L;
        long fours = (twos | twos >>> 6) & 0x000F_000F_000F_000FL;
        long eights = (fours | fours >>> 12) & 0x0000_00FF_0000_00FFL;
        return (int) (eights | eights >>> 24) & 0xFFFF;
    }

    /** Two bits of each of 8 bytes and above them one of each of 8 others as nibbles of a word. */
    static int threes(byte[] bytes, int lowersAt, int shift, int uppersAt, int upperShift) {
        long lowers = eightBytes(bytes, lowersAt) >>> shift & 0x0303_0303_0303_0303L;
        long uppers = eightBytes(bytes, uppersAt) >>> upperShift & 0x0101_0101_0101_0101L;
        return nibbles(lowers | uppers << 2);
    }

    /** One bit of each of 8 bytes as 8 bits. */
    static int bits(byte[] bytes, int at, int shift) {
        long ones = eightBytes(bytes, at) >>> shift & 0x0101_0101_0101_0101L;
        // Puts the bit of byte i at bit 56 + i, where no other product reaches.
        return (int) (ones * 0x0102_0408_1020_4080L >>> 56);
    }
}
