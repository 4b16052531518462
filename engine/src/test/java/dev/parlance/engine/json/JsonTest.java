package dev.parlance.engine.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"b\":1,\"a\":[1.0,-2e3,\"é\\n\",true,null]}",
                "[]",
                "\"x\"",
                "9223372036854775807",
                "null"
            })
    void whatIsReadIsWrittenBackAsItWas(String text) {
        assertThat(Json.write(Json.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ", "{", "{} x", "[1,]", "{a:1}", "'x'", "01", "nul", "\"a", "NaN"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonParseException.class);
    }

    @Test
    void depthIsBounded() {
        String deep = "[".repeat(Json.MAX_DEPTH + 1) + "]".repeat(Json.MAX_DEPTH + 1);
        assertThatThrownBy(() -> Json.parse(deep))
                .isInstanceOf(JsonParseException.class)
                .hasMessageContaining(
                        "Document nesting depth (201) exceeds the maximum allowed (200)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, \"a\\ud83c\"]", "[1, \"\\ud83cx\"]", "[1, \"\\udf89\\ud83c\"]"})
    void halfACharacterIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(JsonParseException.class)
                .hasMessageStartingWith("not valid Unicode: a string has half of a surrogate pair")
                .hasMessageMatching(".*, \\\\u(d83c|df89), at byte 4");
    }

    @Test
    void halfACharacterIsRefusedInNamesToo() {
        assertThatThrownBy(() -> Json.parse("{\"\\ud83c\": 1}"))
                .isInstanceOf(JsonParseException.class)
                .hasMessageContaining("surrogate pair in property name");
    }

    @Test
    void bothHalvesAreOneCharacter() {
        assertThat(Json.parse("\"\\ud83c\\udf89\"")).isEqualTo(new JsonString("\ud83c\udf89"));
    }

    @Test
    void theNumberOfValuesIsBounded() {
        String most = "[" + "0,".repeat(Json.MAX_TOKENS - 3) + "0]";
        assertThat(((JsonArray) Json.parse(most)).values()).hasSize(Json.MAX_TOKENS - 2);
        assertThatThrownBy(() -> Json.parse(most.replace("]", ",0]")))
                .isInstanceOf(JsonParseException.class)
                .hasMessageContaining("exceeds the maximum allowed (2000000");
    }

    @Test
    void theErrorTellsThePosition() {
        assertThatThrownBy(() -> Json.parse("[1, x]"))
                .isInstanceOf(JsonParseException.class)
                .hasMessageContaining("at byte 4");
    }

    @Test
    void theErrorDoesNotSpeakOfTheLibrary() {
        assertThatThrownBy(() -> Json.parse("{\"a\": 1"))
                .hasMessage(
                        "not valid JSON: Unexpected end-of-input: expected close marker for Object,"
                                + " at byte 7");
    }

    @Test
    void wholeNumbersAreRecognisedHoweverTheyAreWritten() {
        assertThat(((JsonNumber) Json.parse("3.0")).longValue()).isEqualTo(3);
        assertThat(((JsonNumber) Json.parse("3e2")).longValue()).isEqualTo(300);
        assertThat(((JsonNumber) Json.parse("3.5")).isLong()).isFalse();
        assertThat(((JsonNumber) Json.parse("9223372036854775808")).isLong()).isFalse();
        assertThat(((JsonNumber) Json.parse("1e999999999")).isLong()).isFalse();
    }
}
