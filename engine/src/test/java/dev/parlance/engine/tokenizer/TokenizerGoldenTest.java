package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Answers of the reference tokenizers; origin: shared/oracle/README.md. */
class TokenizerGoldenTest {
    private static final List<String> NAMES = OracleVocabularies.LLAMA_CPP_NAMES;

    @ParameterizedTest
    @FieldSource("NAMES")
    void idsAreThoseOfLlamaCpp(String name) throws IOException {
        Tokenizer tokenizer = OracleVocabularies.llamaCpp(name);
        String file = "ggml-vocab-" + name + ".gguf";
        String[] texts =
                Files.readString(OracleVocabularies.path(file + ".inp"))
                        .split("\n__ggml_vocab_test__\n", -1);
        List<String> lines = Files.readAllLines(OracleVocabularies.path(file + ".out"));
        assertThat(lines).hasSizeGreaterThan(40);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int[] expected =
                    Arrays.stream(lines.get(i).trim().split(" "))
                            .filter(id -> !id.isEmpty())
                            .mapToInt(Integer::parseInt)
                            .toArray();
            int[] ids = tokenizer.encode(PromptText.plain(texts[i]));
            if (!Arrays.equals(ids, expected)) {
                wrong.add("'" + texts[i] + "' gives " + Arrays.toString(ids));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void idsAreThoseOfHuggingFaceWithSpecialTokensParsed() throws IOException {
        Tokenizer tokenizer =
                Tokenizers.load(OracleVocabularies.metadata("vocab-qwen3.gguf"), Optional.empty());
        JsonObject golden =
                (JsonObject)
                        Json.parse(Files.readString(OracleVocabularies.path("vocab-qwen3.json")));
        JsonArray cases = (JsonArray) golden.find("cases").orElseThrow();
        assertThat(cases.values()).hasSize(401);
        List<String> wrong = new ArrayList<>();
        for (JsonValue each : cases.values()) {
            JsonObject pair = (JsonObject) each;
            String text = ((JsonString) pair.find("text").orElseThrow()).value();
            int[] ids =
                    ((JsonArray) pair.find("ids").orElseThrow())
                            .values().stream()
                                    .mapToInt(id -> (int) ((JsonNumber) id).longValue())
                                    .toArray();
            int[] actual = tokenizer.encode(PromptText.withSpecialTokens(text));
            if (!Arrays.equals(actual, ids)) {
                wrong.add("'" + text + "' gives " + Arrays.toString(actual));
            }
            if (!tokenizer.decode(ids, true).equals(text)) {
                wrong.add("'" + text + "' comes back as '" + tokenizer.decode(ids, true) + "'");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void decodingTheIdsOfATextGivesTheText() throws IOException {
        Random random = new Random(23);
        for (String name : NAMES) {
            Tokenizer tokenizer = OracleVocabularies.llamaCpp(name);
            for (int round = 0; round < 300; round++) {
                String text = RandomTexts.text(random, 30);
                int[] ids = tokenizer.encode(PromptText.plain(text));
                assertThat(tokenizer.decode(ids, true)).as(name).isEqualTo(text);
            }
        }
    }
}
