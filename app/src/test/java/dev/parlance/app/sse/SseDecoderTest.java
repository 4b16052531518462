package dev.parlance.app.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class SseDecoderTest {
    private static final String STREAM =
            ": a comment\n\ndata: {\"a\": \"é😀\"}\n\nevent: x\nid: 1\ndata:no space\r\n\r\n"
                    + "data: two\ndata: lines\n\ndata:\r\rdata: never ended";

    @Test
    void dataIsTheSameHoweverTheBytesAreCut() {
        List<String> whole = List.of("{\"a\": \"é😀\"}", "no space", "two\nlines", "");
        byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
        for (int length = 1; length <= bytes.length; length++) {
            List<String> events = new ArrayList<>();
            SseDecoder decoder = new SseDecoder(events::add);
            for (int start = 0; start < bytes.length; start += length) {
                decoder.feed(ByteBuffer.wrap(bytes, start, Math.min(length, bytes.length - start)));
            }
            assertThat(events).as("pieces of %d bytes", length).isEqualTo(whole);
        }
    }

    @Test
    void anEventWithoutEndIsRefused() {
        SseDecoder decoder = new SseDecoder(_ -> {});
        ByteBuffer line = ByteBuffer.allocate(SseDecoder.MAX_EVENT_BYTES + 1);
        assertThatThrownBy(() -> decoder.feed(line))
                .hasMessage("an event is longer than 1048576 bytes");
        SseDecoder lines = new SseDecoder(_ -> {});
        byte[] data = "data: 0123456789\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 200_000; i++) {
                                lines.feed(ByteBuffer.wrap(data));
                            }
                        })
                .isInstanceOf(IllegalStateException.class);
    }
}
