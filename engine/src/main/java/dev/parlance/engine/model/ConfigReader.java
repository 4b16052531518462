package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.GgufValue;
import dev.parlance.engine.gguf.UnsupportedModelException;

import org.jspecify.annotations.Nullable;

import java.util.OptionalDouble;

/**
 * Typed, range-checked access to a family's metadata, whose keys all start with the family's name.
 *
 * <p>Errors: {@link GgufFormatException} names file, key, found and allowed.
 */
final class ConfigReader {
    private final GgufMetadata metadata;
    private final String architecture;

    ConfigReader(GgufMetadata metadata, String architecture) {
        this.metadata = metadata;
        this.architecture = architecture;
    }

    /** The whole key of a family's setting, as errors should call it. */
    String key(String suffix) {
        return architecture + "." + suffix;
    }

    boolean has(String suffix) {
        return metadata.has(key(suffix));
    }

    /** The value as it stands in the file, or null. */
    @Nullable GgufValue find(String suffix) {
        return metadata.values().get(key(suffix));
    }

    /** The value as errors should show it. */
    String describe(String suffix) {
        return switch (find(suffix)) {
            case null -> "missing";
            case GgufValue.Int(var value) -> String.valueOf(value);
            case GgufValue.Float(var value) -> String.valueOf(value);
            case GgufValue.Bool(var value) -> String.valueOf(value);
            case GgufValue.Text(var value) -> "'" + value + "'";
            case GgufValue other -> other.kind();
        };
    }

    int integer(String suffix, int min, int max) {
        return metadata.integer(key(suffix), min, max);
    }

    int integer(String suffix, int min, int max, int fallback) {
        return metadata.integer(key(suffix), min, max, fallback);
    }

    /** An integer that some files give once per layer; the layers must agree. */
    int integerOfAllLayers(String suffix, int min, int max) {
        if (find(suffix) instanceof GgufValue.IntArray(var values)) {
            if (values.length == 0) {
                throw invalid(suffix, "an empty array", "it must have a value for each layer");
            }
            for (long value : values) {
                if (value != values[0]) {
                    throw unsupported(
                            suffix, values[0] + " and " + value, "layers of different shapes");
                }
            }
            if (values[0] < min || values[0] > max) {
                throw invalid(suffix, values[0], "it must be between " + min + " and " + max);
            }
            return (int) values[0];
        }
        return integer(suffix, min, max);
    }

    int integerOfAllLayers(String suffix, int min, int max, int fallback) {
        return has(suffix) ? integerOfAllLayers(suffix, min, max) : fallback;
    }

    double decimal(String suffix, double min, double max) {
        OptionalDouble value = metadata.findFloat(key(suffix));
        if (value.isEmpty()) {
            throw metadata.missing(key(suffix));
        }
        if (!(value.getAsDouble() >= min && value.getAsDouble() <= max)) {
            throw invalid(suffix, value.getAsDouble(), "it must be between " + min + " and " + max);
        }
        return value.getAsDouble();
    }

    double decimal(String suffix, double min, double max, double fallback) {
        return has(suffix) ? decimal(suffix, min, max) : fallback;
    }

    boolean flag(String suffix, boolean fallback) {
        return metadata.findBoolean(key(suffix)).orElse(fallback);
    }

    String text(String suffix, String fallback) {
        return metadata.findString(key(suffix)).orElse(fallback);
    }

    /**
     * Which layers are picked by a period or by one flag per layer.
     *
     * @param layerCount length of the answer
     */
    boolean[] layerPattern(String suffix, int layerCount, int defaultPeriod) {
        return switch (find(suffix)) {
            case null -> periodic(layerCount, defaultPeriod);
            case GgufValue.Int _ -> periodic(layerCount, integer(suffix, 0, Integer.MAX_VALUE));
            case GgufValue.BoolArray(var flags) when flags.length == layerCount -> flags.clone();
            case GgufValue other ->
                    throw invalid(
                            suffix,
                            other.kind(),
                            "it must be an integer or an array of " + layerCount + " booleans");
        };
    }

    private static boolean[] periodic(int layerCount, int period) {
        boolean[] picked = new boolean[layerCount];
        for (int layer = 0; layer < layerCount; layer++) {
            picked[layer] = period == 0 || layer % period < period - 1;
        }
        return picked;
    }

    GgufFormatException invalid(String suffix, Object found, String rule) {
        return new GgufFormatException(
                metadata.fileName() + ": metadata '" + key(suffix) + "' is " + found + "; " + rule);
    }

    /** For a sound setting that this engine does not compute with. */
    UnsupportedModelException unsupported(String suffix, Object found, String what) {
        return new UnsupportedModelException(
                metadata.fileName()
                        + ": metadata '"
                        + key(suffix)
                        + "' is "
                        + found
                        + ": "
                        + what
                        + " is not supported for "
                        + architecture
                        + " models");
    }
}
