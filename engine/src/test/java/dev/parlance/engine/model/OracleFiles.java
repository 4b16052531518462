package dev.parlance.engine.model;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The reference implementations' answers, which lie beside a checkout of this project. */
final class OracleFiles {
    /** One prompt and what the reference says about it; numbers that are not there are empty. */
    record Case(
            int[] prompt,
            double[] promptTokenLogprobs,
            double[] lastLogprobs,
            int[] greedy,
            double[] greedyLogprobs) {}

    private OracleFiles() {}

    static Path folder(String name) {
        String root = System.getProperty("parlance.root", ".");
        return Path.of(root, "../shared/oracle", name).normalize();
    }

    /** The model files of a folder; none where the folder is absent. */
    static List<Path> models(String folder) throws IOException {
        if (!Files.isDirectory(folder(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder(folder))) {
            return files.filter(file -> file.toString().endsWith(".gguf")).sorted().toList();
        }
    }

    static List<Case> cases(Path model) throws IOException {
        String name = String.valueOf(model.getFileName()).replace(".gguf", ".json");
        JsonObject answers = (JsonObject) Json.parse(Files.readString(model.resolveSibling(name)));
        return ((JsonArray) answers.find("cases").orElseThrow())
                .values().stream().map(OracleFiles::parse).toList();
    }

    private static Case parse(JsonValue value) {
        JsonObject object = (JsonObject) value;
        return new Case(
                integers(object, "prompt"),
                numbers(object, "prompt_token_logprobs"),
                numbers(object, "last_logprobs"),
                integers(object, "greedy"),
                numbers(object, "greedy_logprobs"));
    }

    private static int[] integers(JsonObject object, String name) {
        return Stream.of(numbers(object, name))
                .flatMapToDouble(Arrays::stream)
                .mapToInt(number -> (int) number)
                .toArray();
    }

    /** Numbers of an array; null stands for NaN. */
    private static double[] numbers(JsonObject object, String name) {
        JsonArray array = (JsonArray) object.find(name).orElse(JsonArray.of());
        return array.values().stream()
                .mapToDouble(value ->
                        value instanceof JsonNumber number ? number.doubleValue() : Double.NaN)
                .toArray();
    }
}
