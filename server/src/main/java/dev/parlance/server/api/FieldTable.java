package dev.parlance.server.api;

import static java.util.function.Function.identity;

import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiField.Treatment;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Every field that an endpoint knows. The page {@code docs/api-support.md} is made from these
 * tables.
 */
public final class FieldTable {
    private static final Logger LOGGER = System.getLogger(FieldTable.class.getName());

    private final String endpoint;
    private final String prefix;
    private final Map<String, ApiField> fields;

    /**
     * @param endpoint method and path, or the object within it
     * @param prefix path of the object within the body, ending in a dot; empty for the body itself
     */
    public FieldTable(String endpoint, String prefix, List<ApiField> fields) {
        this.endpoint = endpoint;
        this.prefix = prefix;
        this.fields =
                fields.stream()
                        .collect(
                                Collectors.toMap(
                                        ApiField::name,
                                        identity(),
                                        (a, _) -> {
                                            throw new IllegalArgumentException(
                                                    "twice in the table: " + a.name());
                                        },
                                        LinkedHashMap::new));
    }

    /** The fields, in order. */
    public List<ApiField> fields() {
        return List.copyOf(fields.values());
    }

    /**
     * Refuses what this server cannot do. A field that is not in the table is ignored, because
     * clients of every kind send some, unless the operator wants to hear of it.
     *
     * @throws ApiException if a refused field asks for something, or one is unknown where all must
     *     be known
     */
    public void check(JsonObject object, ApiOptions options) {
        object.members()
                .forEach((name, value) -> {
                    ApiField field = fields.get(name);
                    if (field == null && options.strictFields()) {
                        throw ApiException.badField(
                                prefix + name,
                                "unknown_parameter",
                                "Unrecognized request argument supplied: '" + prefix + name + "'");
                    } else if (field == null) {
                        LOGGER.log(Level.DEBUG, "{0}: unknown field ignored: {1}", endpoint, name);
                    } else if (field.treatment() == Treatment.REFUSED
                            && value != JsonNull.NULL
                            && !field.harmless().test(value)) {
                        throw ApiException.unsupported(
                                prefix + name,
                                "'" + prefix + name + "' is not supported here: " + field.note());
                    }
                });
    }

    /** The table as a section of a Markdown page. */
    public String toMarkdown() {
        StringBuilder page = new StringBuilder();
        page.append("## ").append(endpoint).append("\n\n");
        page.append("| field | from | treatment | note |\n|---|---|---|---|\n");
        for (ApiField field : fields.values()) {
            String origin =
                    switch (field.origin()) {
                        case OPENAI -> "OpenAI";
                        case EXTENSION -> "extension";
                    };
            page.append(
                    "| `%s%s` | %s | %s | %s |\n"
                            .formatted(
                                    prefix,
                                    field.name(),
                                    origin,
                                    field.treatment().name().toLowerCase(Locale.ROOT),
                                    field.note().replace("|", "\\|")));
        }
        return page.toString();
    }
}
