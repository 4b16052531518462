package dev.parlance.app.sse;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whatever a stream holds, its events are the same however its bytes are cut. */
class SseFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                        ": a comment\n\ndata: {\"a\": \"é😀\"}\n\nevent: x\nid: 1\ndata:no\r\n\r\n",
                        "data: two\ndata: lines\n\ndata:\r\rdata: never ended")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void eventsAreTheSameHoweverTheBytesAreCut(byte[] stream) {
        List<String> whole = events(stream, Math.max(1, stream.length));
        for (int length = 1; length <= 3; length++) {
            assertThat(events(stream, length)).isEqualTo(whole);
        }
    }

    private static List<String> events(byte[] stream, int length) {
        List<String> events = new ArrayList<>();
        SseDecoder decoder = new SseDecoder(events::add);
        for (int start = 0; start < stream.length; start += length) {
            decoder.feed(ByteBuffer.wrap(stream, start, Math.min(length, stream.length - start)));
        }
        return events;
    }
}
