package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class TokenizeCommandTest {
    /** A merge, a special token and a user-visible byte token, in GPT-2's alphabet. */
    private static final List<String> TOKENS = List.of("a", "b", "ab", "Ġ", "<|end|>", "Ċ");

    @TempDir private Path folder;
    private String model = "";

    @BeforeEach
    void writeModel() {
        model =
                new TinyGguf()
                        .string("tokenizer.ggml.model", "gpt2")
                        .string("tokenizer.ggml.pre", "gpt-2")
                        .strings("tokenizer.ggml.tokens", TOKENS)
                        .integers("tokenizer.ggml.token_type", 1, 1, 1, 1, 3, 1)
                        .strings("tokenizer.ggml.merges", List.of("a b"))
                        .integer("tokenizer.ggml.eos_token_id", 4)
                        .writeTo(folder.resolve("vocabulary.gguf"))
                        .toString();
    }

    @Test
    void peopleGetOneTokenALine() {
        Invocation tokenize = Invocation.of("tokenize", "--model", model, "ab a<|end|>");
        assertThat(tokenize.err()).isEmpty();
        assertThat(tokenize.exitCode()).isZero();
        assertThat(tokenize.outLines()).containsExactly("2\tab", "3\tĠ", "0\ta", "4\t<|end|>");
    }

    @Test
    void withoutAModelItIsTheEmbeddedOnesVocabulary() {
        Invocation tokenize = Invocation.of("tokenize", "Hello");
        assertThat(tokenize.exitCode()).as(tokenize.err()).isZero();
        assertThat(tokenize.outLines()).isNotEmpty();
    }

    @Test
    void theTextMayComeFromStdin() {
        Invocation tokenize = Invocation.withInput("ab\n", "tokenize", "--model", model);
        assertThat(tokenize.outLines()).containsExactly("2\tab", "5\tĊ");
    }

    @Test
    void everyLineGetsItsIdsOrItsError() {
        Invocation tokenize =
                Invocation.withInput(
                        """
                        {"text": "ab a<|end|>"}
                        {"text": ""}
                        {"text": 7}
                        {"txt": "a"}
                        "a"
                        {"text": "a", "source": "ignored"}
                        """,
                        "tokenize",
                        "--model",
                        model,
                        "--jsonl");
        assertThat(tokenize.exitCode()).isZero();
        assertThat(tokenize.outLines())
                .containsExactly(
                        "{\"ids\":[2,3,0,4]}",
                        "{\"ids\":[]}",
                        "{\"error\":\"'text' must be a string, got a number\"}",
                        "{\"error\":\"'text' is missing\"}",
                        "{\"error\":\"a line must be an object, got a string\"}",
                        "{\"ids\":[0]}");
    }

    @Test
    void anUnknownPreTokenizerIsOneLineWithTheKnownOnes() {
        Invocation tokenize =
                Invocation.of("tokenize", "--model", model, "--pre-tokenizer", "gtp2", "a");
        assertThat(tokenize.exitCode()).isEqualTo(1);
        assertThat(tokenize.err())
                .startsWith("parlance: vocabulary.gguf: --pre-tokenizer is 'gtp2'")
                .contains("qwen2");
        assertThat(tokenize.err().lines()).hasSize(1);
        assertThat(
                        Invocation.of("tokenize", "--model", model, "--pre-tokenizer", "qwen2", "a")
                                .outLines())
                .containsExactly("0\ta");
    }

    @Test
    void textAndLinesExcludeEachOther() {
        Invocation tokenize = Invocation.of("tokenize", "--model", model, "--jsonl", "a");
        assertThat(tokenize.exitCode()).isEqualTo(2);
        assertThat(tokenize.err()).contains("--jsonl reads texts from stdin");
    }

    /** Against Hugging Face's tokenizers; see the oracle's README. */
    @Test
    void idsAreThoseOfTheReference() throws IOException {
        Path vocabulary = Invocation.oracle("tokenizers/vocab-qwen3.gguf");
        assumeTrue(Files.exists(vocabulary), "reference data is not beside the checkout");
        JsonObject reference =
                (JsonObject)
                        Json.parse(
                                Files.readAllBytes(
                                        Invocation.oracle("tokenizers/vocab-qwen3.json")));
        List<JsonValue> cases = ((JsonArray) reference.find("cases").orElseThrow()).values();
        StringBuilder input = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (JsonValue value : cases) {
            JsonObject one = (JsonObject) value;
            input.append(Json.write(value)).append('\n');
            expected.add("{\"ids\":" + Json.write(one.find("ids").orElseThrow()) + "}");
        }
        assertThat(expected).hasSizeGreaterThan(300);
        Invocation tokenize =
                Invocation.withInput(
                        input.toString(), "tokenize", "--model", vocabulary.toString(), "--jsonl");
        assertThat(tokenize.err()).isEmpty();
        assertThat(tokenize.outLines()).isEqualTo(expected);
    }
}
