package dev.parlance.engine.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Bytes are one JSON value that is written and read the same again, or refused. */
class JsonFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                        "",
                        "{\"a\": [1, -0.5e+10, true, false, null, {}], \"\": \"\\u00e9\\n\"}",
                        "[[[[]]]] ",
                        "\"\\ud83c\\udf89 \\ud83c \ud83c\udf89\"",
                        "{\"a\": 1, \"a\": 2}",
                        "1e400",
                        "\ufeff{}",
                        "{} {}",
                        "[".repeat(201))
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void whatIsReadIsWrittenAndReadTheSame(byte[] bytes) {
        JsonValue value;
        try {
            value = Json.parse(bytes);
        } catch (JsonParseException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        assertThat(Json.parse(Json.write(value))).isEqualTo(value);
        assertThat(Json.parse(Json.writePretty(value))).isEqualTo(value);
    }
}
