package dev.parlance.server.openapi;

import static java.util.function.Function.identity;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.chatcompletions.ChatCompletionFields;
import dev.parlance.server.api.completions.CompletionFields;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The requests of one endpoint: fields of OpenAI's must be as its description has them, but for
 * {@link Leniency}, and all others must be in our tables.
 */
final class Requests {
    static final Requests CHAT =
            new Requests("CreateChatCompletionRequest", ChatCompletionFields.TABLE);
    static final Requests COMPLETIONS =
            new Requests("CreateCompletionRequest", CompletionFields.TABLE);

    private final String schema;
    private final Map<String, ApiField> fields;

    private Requests(String schema, FieldTable table) {
        this.schema = schema;
        this.fields = table.fields().stream().collect(Collectors.toMap(ApiField::name, identity()));
    }

    /** What is wrong with a request that the server has accepted. */
    List<String> problems(OpenApi api, String request) {
        try {
            return problems(api, (JsonObject) Json.parse(request));
        } catch (JsonParseException | ClassCastException e) {
            return List.of("accepted, but not a JSON object: " + request);
        }
    }

    private List<String> problems(OpenApi api, JsonObject request) {
        List<String> problems = new ArrayList<>();
        JsonObject.Builder ofOpenAi = JsonObject.builder();
        request.members()
                .forEach((name, value) -> {
                    ApiField field = fields.get(name);
                    if (field == null && !name.equals(Conformance.UNKNOWN_FIELD)) {
                        problems.add("/" + name + ": in no table");
                    } else if (field != null && field.origin() == ApiField.Origin.OPENAI) {
                        ofOpenAi.put(name, value);
                    }
                });
        problems.addAll(api.problems(Leniency.asDescribed(ofOpenAi.build()), schema));
        return problems.stream()
                .map(problem -> problem + " (" + schema + ") in " + Json.write(request))
                .toList();
    }
}
