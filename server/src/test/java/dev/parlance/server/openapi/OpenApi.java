package dev.parlance.server.openapi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** OpenAI's API description: checks values against its schemas. Threads: safe. */
public final class OpenApi {
    private static final int MAX_CHARS = 20_000_000;
    private static final String ID = "urn:openai";
    private static final String SCHEMAS = "/components/schemas/";

    private static final Optional<OpenApi> FOUND = read();

    private final JsonObject schemas;
    private final SchemaRegistry registry;

    private OpenApi(JsonObject schemas) {
        this.schemas = schemas;
        String document =
                Json.write(
                        JsonObject.builder()
                                .put(
                                        "components",
                                        JsonObject.builder().put("schemas", schemas).build())
                                .build());
        registry =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemas(Map.of(ID, document)));
    }

    /** The description, where it is there. */
    static Optional<OpenApi> find() {
        return FOUND;
    }

    /** Skips the test where the description is not there. */
    public static OpenApi load() {
        assumeTrue(FOUND.isPresent(), "no API description");
        return FOUND.orElseThrow();
    }

    private static Optional<OpenApi> read() {
        Path file =
                Path.of(
                        System.getProperty("parlance.root", ".."),
                        "../shared/openapi/openapi.yaml");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARS);
        options.setMaxAliasesForCollections(1000);
        try {
            JsonObject root =
                    (JsonObject)
                            toJson(
                                    new Yaml(new SafeConstructor(options))
                                            .load(Files.readString(file)));
            JsonObject components = (JsonObject) root.find("components").orElseThrow();
            return Optional.of(new OpenApi((JsonObject) components.find("schemas").orElseThrow()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonValue toJson(@Nullable Object yaml) {
        return switch (yaml) {
            case null -> JsonNull.NULL;
            case Map<?, ?> map -> nullable(map);
            case List<?> list -> new JsonArray(list.stream().map(OpenApi::toJson).toList());
            case Boolean flag -> JsonBoolean.of(flag);
            case Number number -> new JsonNumber(number.toString());
            default -> new JsonString(yaml.toString());
        };
    }

    /** {@code nullable} is of OpenAPI 3.0; the description claims 3.1, where null is a type. */
    private static JsonObject nullable(Map<?, ?> map) {
        JsonObject.Builder members = JsonObject.builder();
        map.forEach((name, value) -> members.put("" + name, toJson(value)));
        JsonObject schema = members.build();
        if (!Boolean.TRUE.equals(map.get("nullable"))) {
            return schema;
        }
        JsonObject orNull = JsonObject.builder().put("type", "null").build();
        return JsonObject.builder()
                .put("anyOf", JsonArray.of(schema, orNull))
                // For whoever looks for the properties.
                .put("properties", schema.find("properties").orElse(JsonObject.EMPTY))
                .build();
    }

    /** What is wrong with a value; empty if nothing is. */
    public List<String> problems(JsonValue value, String schemaName) {
        return registry
                .getSchema(SchemaLocation.of(ID + "#" + SCHEMAS + schemaName))
                .validate(Json.write(value), InputFormat.JSON)
                .stream()
                .map(Error::toString)
                .toList();
    }

    /** The names of a schema's properties, those of the schemas it is made of included. */
    public Set<String> propertyNames(String schemaName) {
        return propertyNames((JsonObject) schemas.find(schemaName).orElseThrow());
    }

    private Set<String> propertyNames(JsonObject schema) {
        Set<String> names = new TreeSet<>();
        if (schema.find("$ref").orElse(JsonNull.NULL) instanceof JsonString(String ref)) {
            names.addAll(propertyNames(ref.substring(ref.lastIndexOf('/') + 1)));
        }
        if (schema.find("allOf").orElse(JsonNull.NULL) instanceof JsonArray(var parts)) {
            parts.forEach(part -> names.addAll(propertyNames((JsonObject) part)));
        }
        if (schema.find("properties").orElse(JsonNull.NULL) instanceof JsonObject(var own)) {
            names.addAll(own.keySet());
        }
        return names;
    }
}
