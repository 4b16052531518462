package dev.parlance.app.bench;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a call of llama.cpp's benchmarks told. Errors: the readers throw {@link BenchmarkException}.
 *
 * @param build which build of llama.cpp it was, if it says so
 */
record LlamaOutput(Optional<String> build, List<Speeds> speeds) {
    /** Reads what {@code llama-bench -o json} writes: one {@link Speeds} per test. */
    static LlamaOutput ofBench(String text) {
        if (!(parse(text) instanceof JsonArray(var tests))) {
            throw unexpected("an array of tests is expected");
        }
        List<Speeds> speeds = new ArrayList<>();
        Optional<String> build = Optional.empty();
        for (JsonValue each : tests) {
            JsonObject test = object(each);
            build =
                    Optional.of(
                            "build "
                                    + text(member(test, "build_number"))
                                    + " ("
                                    + text(member(test, "build_commit"))
                                    + ")");
            int prompt = integer(test, "n_prompt");
            int generated = integer(test, "n_gen");
            Workload workload =
                    generated == 0
                            ? new Workload.Prefill(prompt)
                            : new Workload.Decode(generated, integer(test, "n_depth"), 1);
            if (!(member(test, "samples_ts") instanceof JsonArray(var samples))) {
                throw unexpected("samples_ts is no array");
            }
            speeds.add(
                    new Speeds(
                            workload,
                            samples.stream().map(sample -> number(sample, "samples_ts")).toList()));
        }
        return new LlamaOutput(build, speeds);
    }

    /**
     * Reads what {@code llama-batched-bench --output-format jsonl} writes when called for one
     * workload. Lines that are no JSON are notes. The result may be missing: see {@link
     * Comparison}.
     */
    static LlamaOutput ofBatchedBench(String text, Workload.Decode workload) {
        List<Speeds> speeds =
                text.lines()
                        .filter(line -> line.startsWith("{"))
                        .map(line -> object(parse(line)))
                        .filter(test -> isOf(test, workload))
                        .map(test -> number(member(test, "speed_tg"), "speed_tg"))
                        .map(speed -> new Speeds(workload, List.of(speed)))
                        .toList();
        return new LlamaOutput(Optional.empty(), speeds);
    }

    private static boolean isOf(JsonObject test, Workload.Decode workload) {
        return integer(test, "pp") == workload.promptTokens()
                && integer(test, "tg") == workload.tokens()
                && integer(test, "pl") == workload.streams();
    }

    private static JsonValue parse(String text) {
        try {
            return Json.parse(text);
        } catch (JsonParseException e) {
            throw unexpected(String.valueOf(e.getMessage()));
        }
    }

    private static JsonObject object(JsonValue value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw unexpected("a test must be an object, got " + value.kind());
    }

    private static JsonValue member(JsonObject test, String name) {
        return test.find(name).orElseThrow(() -> unexpected("there is no " + name));
    }

    private static String text(JsonValue value) {
        return switch (value) {
            case JsonString(var string) -> string;
            case JsonNumber(var number) -> number;
            case JsonArray _, JsonBoolean _, JsonNull _, JsonObject _ -> "unknown";
        };
    }

    private static int integer(JsonObject test, String name) {
        return (int) number(member(test, name), name);
    }

    private static double number(JsonValue value, String name) {
        if (value instanceof JsonNumber number) {
            return number.doubleValue();
        }
        throw unexpected(name + " must be a number, got " + value.kind());
    }

    private static BenchmarkException unexpected(String problem) {
        return new BenchmarkException("the output of llama.cpp cannot be read: " + problem);
    }
}
