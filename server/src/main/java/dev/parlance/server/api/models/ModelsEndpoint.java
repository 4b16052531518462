package dev.parlance.server.api.models;

import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelStatus;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Answers {@code GET /v1/models} and {@code GET /v1/models/{id}}. Threads: safe. */
public final class ModelsEndpoint {
    /** What comes before a model's name, which may itself have slashes. */
    public static final String ONE_PREFIX = "/v1/models/";

    private static final String OWNER = "parlance";

    private final ModelCatalog catalog;

    public ModelsEndpoint(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /** All models that the caller may use, also those that are not in memory. */
    public HttpResponse list(HttpRequest request) {
        List<JsonValue> models = new ArrayList<>();
        visible(request).forEach(model -> models.add(toJson(model)));
        return JsonBodies.ok(
                JsonObject.builder()
                        .put("object", "list")
                        .put("data", new JsonArray(models))
                        .build());
    }

    /** The model that the path names, by id or alias. */
    public HttpResponse one(HttpRequest request) {
        String name = request.pathAfter(ONE_PREFIX);
        // A listing, not a use: a name that only stands in for another is not a model.
        return visible(request)
                .filter(model -> model.id().equals(name) || model.aliases().contains(name))
                .findFirst()
                .map(model -> JsonBodies.ok(toJson(model)))
                .orElseThrow(() -> ApiException.modelNotFound(name));
    }

    private Stream<ModelStatus> visible(HttpRequest request) {
        return catalog.models().stream()
                .filter(model -> request.grant().caller().mayUse(model.id()));
    }

    private static JsonObject toJson(ModelStatus model) {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("id", model.id())
                        .put("object", "model")
                        .put("created", model.created().getEpochSecond())
                        .put("owned_by", OWNER)
                        .put("aliases", aliases(model))
                        .put("status", status(model));
        model.description()
                .ifPresent(description ->
                        json.put("max_model_len", description.contextLength())
                                .put("meta", meta(description)));
        return json.build();
    }

    private static JsonArray aliases(ModelStatus model) {
        List<JsonValue> aliases = new ArrayList<>();
        model.aliases().forEach(alias -> aliases.add(new JsonString(alias)));
        return new JsonArray(aliases);
    }

    /** As llama.cpp's router has it: {@code {"value": "loaded"}}. */
    private static JsonObject status(ModelStatus model) {
        String value =
                switch (model.state()) {
                    case UNLOADED -> "unloaded";
                    case LOADING -> "loading";
                    case LOADED -> "loaded";
                };
        JsonObject.Builder json = JsonObject.builder().put("value", value);
        if (model.state() == ModelStatus.State.LOADING) {
            json.put("progress", model.progress());
        }
        if (model.failed()) {
            json.put("failed", true);
        }
        return json.build();
    }

    private static JsonObject meta(ModelDescription description) {
        return JsonObject.builder()
                .put("name", description.name())
                .put("architecture", description.architecture())
                .put("n_vocab", description.vocabularySize())
                .put("n_params", description.parameterCount())
                .put("size", description.sizeBytes())
                .build();
    }
}
