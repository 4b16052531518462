package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;

class InspectCommandTest {
    @TempDir private Path folder;
    private String model = "";

    @BeforeEach
    void writeModel() {
        model =
                new TinyGguf()
                        .string("general.name", "tiny\u001b[31m model")
                        .integer("llama.block_count", 2)
                        .number("llama.epsilon", 1e-6f)
                        .flag("flag", true)
                        .strings(
                                "tokenizer.tokens",
                                List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"))
                        .floats("floats", 0.1f, Float.NaN)
                        .matrix("token_embd.weight", 64, 3)
                        .matrix("output.weight", 32, 2)
                        .writeTo(folder.resolve("tiny.gguf"))
                        .toString();
    }

    @Test
    void textShowsMetadataAndTensors() {
        Invocation inspect = Invocation.of("inspect", model);
        assertThat(inspect.exitCode()).isZero();
        assertThat(inspect.out())
                .contains("GGUF version 3, 6 metadata values, 2 tensors")
                .containsPattern("llama.block_count +2\\R")
                .containsPattern("llama.epsilon +1.0E-6\\R")
                .containsPattern("flag +true\\R")
                .containsPattern("floats +\\[0.1, NaN\\]")
                .containsPattern("token_embd.weight +F32 +768 B +64 x 3\\R")
                .contains("Total: 256 parameters in 1024 B (F32 1024 B)");
    }

    @Test
    void textShortensLongArraysAndTellsTheirLength() {
        assertThat(Invocation.of("inspect", model).out())
                .contains("[\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", … 10 values]");
        assertThat(Invocation.of("inspect", "--max-values", "0", model).out())
                .contains("[… 10 values]");
    }

    @Test
    void textKeepsTheFilesControlCharactersFromTheTerminal() {
        assertThat(Invocation.of("inspect", model).out())
                .contains("\"tiny\\u001b[31m model\"")
                .doesNotContain("\u001b");
    }

    @Test
    void jsonIsComplete() {
        Invocation inspect = Invocation.of("inspect", "--json", model);
        assertThat(inspect.exitCode()).isZero();
        JsonObject listing = (JsonObject) Json.parse(inspect.out());
        assertThat(text(listing, "version")).isEqualTo("3");
        assertThat(text(listing, "parameter_count")).isEqualTo("256");
        assertThat(text(listing, "tensor_bytes")).isEqualTo("1024");
        JsonObject metadata = (JsonObject) listing.find("metadata").orElseThrow();
        assertThat(text(metadata, "general.name")).isEqualTo("\"tiny\\u001B[31m model\"");
        assertThat(text(metadata, "llama.epsilon")).isEqualTo("1.0E-6");
        assertThat(text(metadata, "floats")).isEqualTo("[0.1,\"NaN\"]");
        assertThat(((JsonArray) metadata.find("tokenizer.tokens").orElseThrow()).values())
                .hasSize(10);
        List<JsonValue> tensors = ((JsonArray) listing.find("tensors").orElseThrow()).values();
        assertThat(Json.write(tensors.getFirst()))
                .isEqualTo(
                        "{\"name\":\"token_embd.weight\",\"type\":\"F32\",\"shape\":[64,3],"
                                + "\"part\":0,\"offset\":0,\"bytes\":768}");
    }

    @Test
    void jsonShortensArraysWhenAsked() {
        JsonObject listing =
                (JsonObject)
                        Json.parse(
                                Invocation.of("inspect", "--json", "--max-values", "2", model)
                                        .out());
        JsonObject metadata = (JsonObject) listing.find("metadata").orElseThrow();
        assertThat(text(metadata, "tokenizer.tokens"))
                .isEqualTo("{\"length\":10,\"first\":[\"a\",\"b\"]}");
        assertThat(text(metadata, "floats")).isEqualTo("[0.1,\"NaN\"]");
    }

    @Test
    void withoutAFileTheEmbeddedModelIsShown() {
        Invocation inspect = Invocation.of("inspect");
        assertThat(inspect.exitCode()).as(inspect.err()).isZero();
        assertThat(inspect.out()).startsWith("parlance-tiny.gguf: GGUF version ");
    }

    @Test
    void aDamagedFileIsOneLine() throws IOException {
        Path damaged = Files.write(folder.resolve("damaged.gguf"), new byte[] {'G', 'G', 'U', 'F'});
        Invocation inspect = Invocation.of("inspect", damaged.toString());
        assertThat(inspect.exitCode()).isEqualTo(1);
        assertThat(inspect.err()).startsWith("parlance: damaged.gguf: ");
        assertThat(inspect.err().lines()).hasSize(1);
    }

    @Test
    void aFolderIsOneLine() {
        Invocation inspect = Invocation.of("inspect", folder.toString());
        assertThat(inspect.exitCode()).isEqualTo(1);
        assertThat(inspect.err().lines())
                .containsExactly("parlance: " + folder + ": this is a folder, a file is needed");
    }

    private static String text(JsonObject object, String name) {
        return Json.write(object.find(name).orElseThrow());
    }
}
