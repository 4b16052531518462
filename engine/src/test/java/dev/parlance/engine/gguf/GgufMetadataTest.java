package dev.parlance.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class GgufMetadataTest {
    private final GgufMetadata metadata =
            new GgufMetadata(
                    "m.gguf",
                    Map.of(
                            "text", new GgufValue.Text("x"),
                            "int", new GgufValue.Int(5),
                            "float", new GgufValue.Float(0.5),
                            "bool", new GgufValue.Bool(true),
                            "ints", new GgufValue.IntArray(new long[] {1}),
                            "floats", new GgufValue.FloatArray(new float[] {2}),
                            "bools", new GgufValue.BoolArray(new boolean[] {true}),
                            "texts", new GgufValue.TextArray(List.of("y")),
                            "nested", new GgufValue.Nested(List.of())));

    @Test
    void valuesAreFoundByTheirKind() {
        assertThat(metadata.string("text")).isEqualTo("x");
        assertThat(metadata.findInteger("int")).hasValue(5);
        assertThat(metadata.findFloat("float")).hasValue(0.5);
        assertThat(metadata.findFloat("int")).hasValue(5);
        assertThat(metadata.findBoolean("bool")).contains(true);
        assertThat(metadata.findIntegers("ints").orElseThrow()).containsExactly(1);
        assertThat(metadata.findFloats("floats").orElseThrow()).containsExactly(2);
        assertThat(metadata.strings("texts")).containsExactly("y");
        assertThat(metadata.has("nested")).isTrue();
    }

    @Test
    void missingKeysAreEmptyOrAnError() {
        assertThat(metadata.has("none")).isFalse();
        assertThat(metadata.findString("none")).isEmpty();
        assertThat(metadata.findInteger("none")).isEmpty();
        assertThat(metadata.findFloat("none")).isEmpty();
        assertThat(metadata.findBoolean("none")).isEmpty();
        assertThat(metadata.findIntegers("none")).isEmpty();
        assertThat(metadata.findFloats("none")).isEmpty();
        assertThat(metadata.findStrings("none")).isEmpty();
        assertThat(metadata.integer("none", 0, 9, 7)).isEqualTo(7);
        assertRefused(() -> metadata.string("none"), "m.gguf: metadata 'none' is missing");
        assertRefused(() -> metadata.strings("none"), "m.gguf: metadata 'none' is missing");
        assertRefused(() -> metadata.integer("none", 0, 1), "m.gguf: metadata 'none' is missing");
    }

    @Test
    void aValueOfAnotherKindIsAnErrorThatNamesBoth() {
        assertRefused(
                () -> metadata.findString("int"),
                "m.gguf: metadata 'int' is an integer; it must be a string");
        assertRefused(
                () -> metadata.findInteger("float"),
                "m.gguf: metadata 'float' is a float; it must be an integer");
        assertRefused(
                () -> metadata.findFloat("text"),
                "m.gguf: metadata 'text' is a string; it must be a float");
        assertRefused(
                () -> metadata.findBoolean("ints"),
                "m.gguf: metadata 'ints' is an array of integers; it must be a boolean");
        assertRefused(
                () -> metadata.findStrings("floats"),
                "m.gguf: metadata 'floats' is an array of floats; it must be an array of strings");
        assertRefused(
                () -> metadata.findIntegers("bools"),
                "m.gguf: metadata 'bools' is an array of booleans; it must be an array of"
                        + " integers");
        assertRefused(
                () -> metadata.findFloats("texts"),
                "m.gguf: metadata 'texts' is an array of strings; it must be an array of floats");
        assertRefused(
                () -> metadata.findFloats("nested"),
                "m.gguf: metadata 'nested' is an array of arrays; it must be an array of floats");
        assertRefused(
                () -> metadata.findFloats("bool"),
                "m.gguf: metadata 'bool' is a boolean; it must be an array of floats");
    }

    @Test
    void integersAreHeldToTheirRange() {
        assertThat(metadata.integer("int", 5, 5)).isEqualTo(5);
        assertThat(metadata.integer("int", 0, 9, 7)).isEqualTo(5);
        assertRefused(
                () -> metadata.integer("int", 6, 9),
                "m.gguf: metadata 'int' is 5; it must be between 6 and 9");
        assertRefused(
                () -> metadata.integer("int", 0, 4, 1),
                "m.gguf: metadata 'int' is 5; it must be between 0 and 4");
    }

    private static void assertRefused(Runnable lookUp, String message) {
        assertThatThrownBy(lookUp::run).isInstanceOf(GgufFormatException.class).hasMessage(message);
    }
}
