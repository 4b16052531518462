package dev.parlance.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** OpenAI's API description: checks values against its schemas. */
final class OpenApi {
    private static final int MAX_CHARS = 20_000_000;

    private final Map<?, ?> schemas;

    private OpenApi(Map<?, ?> schemas) {
        this.schemas = schemas;
    }

    /** Skips the test where the description is not there. */
    static OpenApi load() {
        Path file =
                Path.of(
                        System.getProperty("parlance.root", ".."),
                        "../shared/openapi/openapi.yaml");
        assumeTrue(Files.exists(file), "no API description at " + file);
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARS);
        options.setMaxAliasesForCollections(1000);
        try {
            Map<?, ?> root =
                    map(new Yaml(new SafeConstructor(options)).load(Files.readString(file)));
            return new OpenApi(map(map(root.get("components")).get("schemas")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new AssertionError("not a map in the API description: " + value);
    }

    /** What is wrong with a value; empty if nothing is. */
    List<String> problems(JsonValue value, String schemaName) {
        List<String> problems = new ArrayList<>();
        check(value, map(schemas.get(schemaName)), "$", problems);
        return problems;
    }

    /** The names of a schema's properties, those of the schemas it is made of included. */
    Set<String> propertyNames(String schemaName) {
        Set<String> names = new TreeSet<>();
        properties(map(schemas.get(schemaName))).keySet().forEach(name -> names.add("" + name));
        return names;
    }

    private Map<Object, Object> properties(Map<?, ?> schema) {
        Map<Object, Object> all = new LinkedHashMap<>();
        if (schema.get("$ref") instanceof String ref) {
            all.putAll(properties(referred(ref)));
        }
        if (schema.get("allOf") instanceof List<?> parts) {
            parts.forEach(part -> all.putAll(properties(map(part))));
        }
        if (schema.get("properties") instanceof Map<?, ?> own) {
            all.putAll(own);
        }
        return all;
    }

    private Map<?, ?> referred(String ref) {
        return map(schemas.get(ref.substring(ref.lastIndexOf('/') + 1)));
    }

    private void check(JsonValue value, Map<?, ?> schema, String path, List<String> problems) {
        if (value == JsonNull.NULL && Boolean.TRUE.equals(schema.get("nullable"))) {
            return;
        }
        if (schema.get("$ref") instanceof String ref) {
            check(value, referred(ref), path, problems);
        }
        if (schema.get("allOf") instanceof List<?> parts) {
            parts.forEach(part -> check(value, map(part), path, problems));
        }
        for (String choice : List.of("anyOf", "oneOf")) {
            if (schema.get(choice) instanceof List<?> parts) {
                checkAny(value, parts, path, problems);
            }
        }
        if (schema.get("enum") instanceof List<?> allowed
                && value instanceof JsonString(String text)
                && !allowed.contains(text)) {
            problems.add(path + ": " + text + " is not one of " + allowed);
        }
        checkType(value, schema.get("type"), path, problems);
        checkObject(value, schema, path, problems);
        if (value instanceof JsonArray(var values)
                && schema.get("items") instanceof Map<?, ?> item) {
            for (int i = 0; i < values.size(); i++) {
                check(values.get(i), item, path + "[" + i + "]", problems);
            }
        }
    }

    private void checkAny(JsonValue value, List<?> parts, String path, List<String> problems) {
        List<String> all = new ArrayList<>();
        for (Object part : parts) {
            List<String> own = new ArrayList<>();
            check(value, map(part), path, own);
            if (own.isEmpty()) {
                return;
            }
            all.addAll(own);
        }
        problems.add(path + " matches none: " + all);
    }

    private static void checkType(
            JsonValue value, @Nullable Object type, String path, List<String> problems) {
        if (type == null) {
            return;
        }
        List<?> allowed = type instanceof List<?> several ? several : List.of(type);
        String got =
                switch (value) {
                    case JsonObject _ -> "object";
                    case JsonArray _ -> "array";
                    case JsonString _ -> "string";
                    case JsonBoolean _ -> "boolean";
                    case JsonNull _ -> "null";
                    case JsonNumber number -> number.isWrittenAsInteger() ? "integer" : "number";
                };
        boolean fits =
                allowed.contains(got) || (got.equals("integer") && allowed.contains("number"));
        if (!fits) {
            problems.add(path + ": " + got + " is not of type " + allowed);
        }
    }

    private void checkObject(
            JsonValue value, Map<?, ?> schema, String path, List<String> problems) {
        if (!(value instanceof JsonObject object)) {
            return;
        }
        if (schema.get("required") instanceof List<?> required) {
            for (Object name : required) {
                if (object.find("" + name).isEmpty()) {
                    problems.add(path + ": " + name + " is missing");
                }
            }
        }
        Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> own ? own : Map.of();
        object.members()
                .forEach((name, member) -> {
                    if (properties.get(name) instanceof Map<?, ?> property) {
                        check(member, property, path + "." + name, problems);
                    } else if (schema.get("additionalProperties") instanceof Map<?, ?> rest) {
                        check(member, rest, path + "." + name, problems);
                    }
                });
    }
}
