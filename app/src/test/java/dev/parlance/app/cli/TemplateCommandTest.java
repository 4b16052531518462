package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class TemplateCommandTest {
    @TempDir private Path folder;

    @Test
    void onePromptGoesOutAsItIs() throws IOException {
        Invocation template =
                Invocation.withInput(
                        "{\"name\": \"Zoë\"}",
                        "template",
                        "--template",
                        write("Hello {{ name }}\n!").toString());
        assertThat(template.err()).isEmpty();
        assertThat(template.exitCode()).isZero();
        assertThat(template.out()).isEqualTo("Hello Zoë\n!");
    }

    @Test
    void everyLineGetsItsTextOrItsError() throws IOException {
        String file =
                write("{% if not name %}{{ raise_exception('no name') }}{% endif %}Hi {{ name }}")
                        .toString();
        Invocation template =
                Invocation.withInput(
                        "{\"name\": \"Zoë\"}\n{}\n[]\n{\"name\": \"B\"}\n",
                        "template",
                        "--template",
                        file,
                        "--jsonl");
        assertThat(template.exitCode()).isZero();
        assertThat(template.outLines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("{\"text\":\"Hi Zoë\"}"),
                        line -> assertThat(line).startsWith("{\"error\":").contains("no name"),
                        line -> assertThat(line).startsWith("{\"error\":"),
                        line -> assertThat(line).isEqualTo("{\"text\":\"Hi B\"}"));
    }

    @Test
    void nowFixesTheClock() throws IOException {
        String file = write("{{ strftime_now('%d %b %Y %H:%M') }}").toString();
        assertThat(
                        Invocation.withInput(
                                        "{}",
                                        "template",
                                        "--template",
                                        file,
                                        "--now",
                                        "2026-01-31T12:30+02:00")
                                .out())
                .isEqualTo("31 Jan 2026 12:30");
    }

    @Test
    void aBrokenTemplateIsOneLineOrTheAnswerToEveryLine() throws IOException {
        String file = write("{% if %}").toString();
        Invocation one = Invocation.withInput("{}", "template", "--template", file);
        assertThat(one.exitCode()).isEqualTo(1);
        assertThat(one.err()).startsWith("parlance: ");
        assertThat(one.err().lines()).hasSize(1);
        Invocation lines =
                Invocation.withInput("{}\n{}\n", "template", "--template", file, "--jsonl");
        assertThat(lines.outLines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("{\"error\":"));
    }

    @Test
    void theTemplateOfAModelFileIsUsed() {
        String model =
                new TinyGguf()
                        .string("tokenizer.chat_template", "Hi {{ name }}")
                        .writeTo(folder.resolve("model.gguf"))
                        .toString();
        assertThat(Invocation.withInput("{\"name\": \"A\"}", "template", "--model", model).out())
                .isEqualTo("Hi A");
        String none = new TinyGguf().writeTo(folder.resolve("none.gguf")).toString();
        Invocation missing = Invocation.withInput("{}", "template", "--model", none);
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err())
                .isEqualTo(
                        "parlance: none.gguf: there is no chat template in it (metadata"
                                + " 'tokenizer.chat_template'); give one with --template"
                                + System.lineSeparator());
    }

    @Test
    void withoutAnythingItIsTheEmbeddedModelsTemplate() {
        String input =
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Good morning\"}],"
                        + " \"add_generation_prompt\": true}";
        Invocation template = Invocation.withInput(input, "template");
        assertThat(template.exitCode()).as(template.err()).isZero();
        assertThat(template.out()).contains("Good morning");
    }

    @Test
    void aTemplateThatIsNoTextIsOneLine() throws IOException {
        Path file = Files.write(folder.resolve("binary.jinja"), new byte[] {(byte) 0xff, 0});
        Invocation template = Invocation.withInput("{}", "template", "--template", file.toString());
        assertThat(template.exitCode()).isEqualTo(1);
        assertThat(template.err().lines())
                .containsExactly("parlance: " + file + ": this is no text in UTF-8");
    }

    @Test
    void variablesMustBeAnObject() throws IOException {
        Invocation template =
                Invocation.withInput("[]", "template", "--template", write("x").toString());
        assertThat(template.exitCode()).isEqualTo(1);
        assertThat(template.err()).contains("must be one JSON object");
    }

    /** Against Jinja2 itself; see the oracle's README. */
    @Test
    void textsAreThoseOfTheReference() throws IOException {
        Path file = Invocation.oracle("templates/chat-templates.json");
        assumeTrue(Files.exists(file), "reference data is not beside the checkout");
        JsonObject reference = (JsonObject) Json.parse(Files.readAllBytes(file));
        Map<String, JsonValue> contexts = new LinkedHashMap<>();
        for (JsonValue context : array(reference, "contexts")) {
            contexts.put(text(context, "name"), member(context, "vars"));
        }
        // The answers were collected by name: where templates share one, they are the last one's.
        Map<String, JsonValue> templates = new LinkedHashMap<>();
        for (JsonValue template : array(reference, "templates")) {
            templates.put(text(template, "name"), template);
        }
        int cases = 0;
        for (JsonValue template : templates.values()) {
            String path = write(text(template, "template")).toString();
            List<JsonValue> expected = array((JsonObject) template, "cases");
            StringBuilder input = new StringBuilder();
            for (JsonValue one : expected) {
                input.append(Json.write(contexts.getOrDefault(text(one, "context"), one)))
                        .append('\n');
            }
            List<String> lines =
                    Invocation.withInput(
                                    input.toString(),
                                    "template",
                                    "--template",
                                    path,
                                    "--jsonl",
                                    "--now",
                                    "2025-07-10T12:00")
                            .outLines();
            assertThat(lines.size()).isEqualTo(expected.size());
            for (int i = 0; i < lines.size(); i++) {
                checkCase(text(template, "name"), (JsonObject) expected.get(i), lines.get(i));
                cases++;
            }
        }
        assertThat(cases).isGreaterThan(500);
    }

    private static void checkCase(String name, JsonObject expected, String line) {
        JsonObject answer = (JsonObject) Json.parse(line);
        assertThat(answer.find("text"))
                .as("%s, %s: %s", name, text(expected, "context"), line)
                .isEqualTo(expected.find("expected"));
    }

    private Path write(String template) throws IOException {
        return Files.writeString(folder.resolve("template.jinja"), template);
    }

    private static List<JsonValue> array(JsonObject object, String name) {
        return ((JsonArray) object.find(name).orElseThrow()).values();
    }

    private static JsonValue member(JsonValue object, String name) {
        return ((JsonObject) object).find(name).orElseThrow();
    }

    private static String text(JsonValue object, String name) {
        return ((JsonString) member(object, name)).value();
    }
}
