package dev.parlance.engine.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** Whatever a file holds, it is read or refused with {@link GgufFormatException}. */
class GgufFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                new byte[0], GgufDamageTest.sample(), new GgufWriter().text("a", "b").bytes());
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFileIsReadOrRefused(byte[] file) {
        GgufDamageTest.isRead(file);
    }
}
