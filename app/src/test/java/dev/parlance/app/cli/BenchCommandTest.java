package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

@Timeout(120)
class BenchCommandTest {
    @TempDir private Path folder;

    @Test
    void aSyntheticModelIsMeasuredAndLeavesNoFile() {
        Invocation bench =
                run("bench --synthetic tiny:Q4_0 -p 4 -n 2 -b 1,2 -t 1 -r 1 --warm-up 0");
        assertThat(bench.exitCode()).as(bench.err()).isZero();
        assertThat(bench.outLines()).hasSize(8);
        assertThat(bench.outLines().getFirst()).startsWith("Parlance ").contains(", Java 25");
        assertThat(bench.out())
                .contains("| synthetic tiny:Q4_0 |", " pp4 |", " tg2 |", " tg2 x2 |");
        String written = bench.err().lines().findFirst().orElseThrow();
        assertThat(written).startsWith("Writing tiny:Q4_0 to ");
        assertThat(Path.of(written.substring("Writing tiny:Q4_0 to ".length()))).doesNotExist();
    }

    @Test
    void jsonIsForPrograms() throws IOException {
        Path model = synthesized();
        Invocation bench =
                Invocation.of(
                        "bench",
                        "--model",
                        model.toString(),
                        "-p",
                        "0",
                        "-n",
                        "2",
                        "-t",
                        "1",
                        "-r",
                        "2",
                        "--warm-up",
                        "0",
                        "--json");
        assertThat(bench.exitCode()).as(bench.err()).isZero();
        JsonObject json = (JsonObject) Json.parse(bench.out());
        assertThat(((JsonObject) json.find("model").orElseThrow()).find("name"))
                .contains(new JsonString("synthetic tiny:Q8_0"));
        assertThat(json.members()).containsKeys("version", "java", "limits", "threads", "results");
    }

    @Test
    void aSynthesizedFileIsWhatWasAskedFor() throws IOException {
        try (GgufFile file = GgufFile.open(synthesized())) {
            assertThat(file.metadata().strings("tokenizer.ggml.tokens")).hasSize(300);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // the fake is a shell script
    void llamaCppInAFolderIsCompared() throws IOException {
        Path model = synthesized();
        Path fake = folder.resolve("llama-bench");
        Files.writeString(
                fake,
                """
                #!/bin/sh
                echo '[{"build_number": 1, "build_commit": "fake", "n_prompt": 4, "n_gen": 0, \
                "n_depth": 0, "samples_ts": [2.5]}]'
                """);
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        Invocation compare =
                Invocation.of(
                        "bench",
                        "compare",
                        "--llama-cpp",
                        folder.toString(),
                        "--model",
                        model.toString(),
                        "-p",
                        "4",
                        "-n",
                        "0",
                        "-t",
                        "1",
                        "--rounds",
                        "2",
                        "--warm-up",
                        "0");
        assertThat(compare.exitCode()).as(compare.err()).isZero();
        assertThat(compare.out()).contains("llama.cpp: build 1 (fake)", "| pp4  |      2.50 |");
        assertThat(compare.err())
                .contains(fake + " -m " + model.toAbsolutePath(), "Parlance pp4: run 1 of 1");
    }

    @Test
    void programsThatAreNotThereAreOneLine() throws IOException {
        Invocation compare =
                Invocation.of(
                        "bench",
                        "compare",
                        "--llama-cpp",
                        "no-such-command",
                        "--model",
                        synthesized().toString());
        assertThat(compare.exitCode()).isEqualTo(1);
        List<String> lines = compare.err().lines().toList();
        assertThat(lines.getLast()).startsWith("parlance: no-such-command llama-bench -m ");
    }

    @ParameterizedTest
    @CsvSource({
        "bench -p 0 -n 0,                          --prompt and --generate are both 0",
        "bench -p -1,                              '--prompt must be between 0 and 1048576, got"
                + " -1'",
        "bench -b 0,                               '--streams must be between 1 and 1048576, got"
                + " 0'",
        "bench -r 0,                               '--repetitions must be 1 or more, got 0'",
        "bench -t 0,                               '--threads must be between 1 and 1024, got 0'",
        "bench --warm-up -1,                       '--warm-up must be between 0 and 3600, got -1'",
        "bench --model a --synthetic tiny:F32,     'give either --model or --synthetic, not both'",
        "bench --vocabulary 300,                   --vocabulary is for --synthetic models only",
        "bench --synthetic tiny,                   a shape and a type are needed",
        "bench --synthetic tiny:F32 --vocabulary 1, '--vocabulary: the vocabulary must have 258'",
        "bench compare -p 4,                       llama.cpp needs a file",
        "bench compare --model a --rounds 0,       '--rounds must be 1 or more, got 0'",
        "bench synthesize tiny:Q9 x.gguf,          there is no type 'Q9'",
        "bench synthesize tiny:F32,                FILE",
        "bench synthesise tiny:F32 x.gguf,         did you mean",
    })
    void wrongUseIsRefused(String arguments, String message) {
        Invocation wrong = run(arguments);
        assertThat(wrong.exitCode()).as(wrong.err()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("parlance: ").contains(message, "--help");
    }

    private static Invocation run(String arguments) {
        return Invocation.of(arguments.split(" "));
    }

    private Path synthesized() throws IOException {
        Path file = folder.resolve("tiny.gguf");
        Invocation synthesize =
                Invocation.of(
                        "bench", "synthesize", "--vocabulary", "300", "tiny:Q8_0", file.toString());
        assertThat(synthesize.exitCode()).as(synthesize.err()).isZero();
        return file;
    }
}
