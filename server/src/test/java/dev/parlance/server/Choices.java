package dev.parlance.server;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Choices that bytes make: who changes the bytes changes what is chosen. After the last byte every
 * choice is the first one.
 */
public final class Choices {
    private static final int SEED_BYTES = 64;

    private final ByteBuffer bytes;

    public Choices(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** So many different beginnings, always the same, for tests that are to be alike every time. */
    public static Stream<byte[]> seeds(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] bytes = new byte[SEED_BYTES];
                    new Random(i).nextBytes(bytes);
                    return bytes;
                });
    }

    /** 0 or more, and below the bound. */
    public int below(int bound) {
        if (bound <= 256) {
            return bytes.hasRemaining() ? (bytes.get() & 0xFF) % bound : 0;
        }
        return Math.floorMod((int) number(), bound);
    }

    /** Any number. */
    public long number() {
        return bytes.remaining() >= Long.BYTES ? bytes.getLong() : 0;
    }

    public <T> T of(List<T> options) {
        return options.get(below(options.size()));
    }
}
