package dev.parlance.engine.gguf;

import java.util.List;

/**
 * A metadata value. Integers of every width and sign are {@link Int}; an unsigned 64-bit value
 * above 2^63-1 is refused.
 */
public sealed interface GgufValue {
    record Int(long value) implements GgufValue {}

    record Float(double value) implements GgufValue {}

    record Bool(boolean value) implements GgufValue {}

    record Text(String value) implements GgufValue {}

    record IntArray(long[] values) implements GgufValue {}

    record FloatArray(float[] values) implements GgufValue {}

    record BoolArray(boolean[] values) implements GgufValue {}

    record TextArray(List<String> values) implements GgufValue {}

    /** An array of arrays. */
    record Nested(List<GgufValue> values) implements GgufValue {}

    /** What people call this kind of value, for error messages. */
    default String kind() {
        return switch (this) {
            case Int _ -> "an integer";
            case Float _ -> "a float";
            case Bool _ -> "a boolean";
            case Text _ -> "a string";
            case IntArray _ -> "an array of integers";
            case FloatArray _ -> "an array of floats";
            case BoolArray _ -> "an array of booleans";
            case TextArray _ -> "an array of strings";
            case Nested _ -> "an array of arrays";
        };
    }
}
