package dev.parlance.app.cli;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.gguf.GgufValue;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A GGUF file as JSON.
 *
 * <p>Floats that JSON has no number for become strings: {@code "NaN"}, {@code "Infinity"}, {@code
 * "-Infinity"}.
 *
 * @param maxValues longer arrays become {@code {"length": …, "first": […]}}
 */
record JsonListing(int maxValues) {
    JsonObject of(GgufFile file) {
        JsonObject.Builder metadata = JsonObject.builder();
        file.metadata().values().forEach((key, value) -> metadata.put(key, json(value)));
        long values = 0;
        long bytes = 0;
        for (GgufTensorInfo tensor : file.tensors().values()) {
            values += tensor.valueCount();
            bytes += tensor.sizeBytes();
        }
        return JsonObject.builder()
                .put("file", file.location())
                .put("version", file.version())
                .put("parameter_count", values)
                .put("tensor_bytes", bytes)
                .put("metadata", metadata.build())
                .put(
                        "tensors",
                        new JsonArray(
                                file.tensors().values().stream()
                                        .<JsonValue>map(JsonListing::json)
                                        .toList()))
                .build();
    }

    private static JsonObject json(GgufTensorInfo tensor) {
        return JsonObject.builder()
                .put("name", tensor.name())
                .put("type", tensor.type().name())
                .put(
                        "shape",
                        new JsonArray(
                                tensor.dimensions().stream()
                                        .<JsonValue>map(JsonNumber::of)
                                        .toList()))
                .put("part", tensor.splitIndex())
                .put("offset", tensor.offset())
                .put("bytes", tensor.sizeBytes())
                .build();
    }

    private JsonValue json(GgufValue value) {
        return switch (value) {
            case GgufValue.Int(var integer) -> JsonNumber.of(integer);
            case GgufValue.Float(var number) -> json(number);
            case GgufValue.Bool(var flag) -> JsonBoolean.of(flag);
            case GgufValue.Text(var text) -> new JsonString(text);
            case GgufValue.IntArray(var integers) ->
                    array(integers.length, i -> JsonNumber.of(integers[i]));
            case GgufValue.FloatArray(var floats) -> array(floats.length, i -> json(floats[i]));
            case GgufValue.BoolArray(var flags) ->
                    array(flags.length, i -> JsonBoolean.of(flags[i]));
            case GgufValue.TextArray(var texts) ->
                    array(texts.size(), i -> new JsonString(texts.get(i)));
            case GgufValue.Nested(var values) -> array(values.size(), i -> json(values.get(i)));
        };
    }

    private static JsonValue json(double number) {
        return Double.isFinite(number)
                ? new JsonNumber(Floats.text(number))
                : new JsonString(Double.toString(number));
    }

    private JsonValue array(int length, IntFunction<JsonValue> element) {
        JsonArray shown =
                new JsonArray(
                        IntStream.range(0, Math.min(length, maxValues)).mapToObj(element).toList());
        return length <= maxValues
                ? shown
                : JsonObject.builder().put("length", length).put("first", shown).build();
    }
}
