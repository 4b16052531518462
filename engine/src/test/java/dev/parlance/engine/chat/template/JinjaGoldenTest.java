package dev.parlance.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.chat.template.runtime.Program;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.JsonValues;
import dev.parlance.engine.chat.template.value.Value;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Snippets whose text Jinja2 itself has written; see regenerate.py beside the file. */
class JinjaGoldenTest {
    static final ZonedDateTime NOW = ZonedDateTime.of(2025, 7, 10, 12, 0, 0, 0, ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(strings = {"jinja2-snippets.json", "jinja2-values.json"})
    void rendersEverySnippetAsJinja2DoesAndFailsWhereItFails(String file) throws IOException {
        JsonObject golden;
        try (InputStream in =
                JinjaGoldenTest.class.getResourceAsStream("/golden/template/" + file)) {
            golden = (JsonObject) Json.parse(Objects.requireNonNull(in).readAllBytes());
        }
        JsonValue shared = golden.find("variables").orElseThrow();
        List<JsonValue> cases = ((JsonArray) golden.find("cases").orElseThrow()).values();
        assertThat(cases).hasSizeGreaterThan(2000);
        List<String> differences = new ArrayList<>();
        for (JsonValue value : cases) {
            JsonObject one = (JsonObject) value;
            String template = ((JsonString) one.find("template").orElseThrow()).value();
            String expected =
                    one.find("text").map(text -> ((JsonString) text).value()).orElse("an error");
            String actual = rendered(template, (JsonObject) one.find("variables").orElse(shared));
            if (!actual.equals(expected)) {
                differences.add(template + "\n  expected " + expected + "\n  but got  " + actual);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String rendered(String template, JsonObject variables) {
        Map<String, Value> values = new LinkedHashMap<>();
        variables.members().forEach((name, json) -> values.put(name, JsonValues.of(json)));
        try {
            return Program.compile(template).render(values, NOW.toLocalDateTime()).chars();
        } catch (JinjaException _) {
            return "an error";
        }
    }
}
