package dev.parlance.server.api.models;

import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelTarget;
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

    /** All models that the caller may use. */
    public HttpResponse list(HttpRequest request) {
        List<JsonValue> models = new ArrayList<>();
        visible(request).forEach(target -> models.add(toJson(target)));
        return JsonBodies.ok(
                JsonObject.builder()
                        .put("object", "list")
                        .put("data", new JsonArray(models))
                        .build());
    }

    /** The model that the path names. */
    public HttpResponse one(HttpRequest request) {
        String id = request.pathAfter(ONE_PREFIX);
        // A listing, not a use: a name that only stands in for another is not a model.
        return visible(request)
                .filter(target -> target.id().equals(id))
                .findFirst()
                .map(target -> JsonBodies.ok(toJson(target)))
                .orElseThrow(() -> ApiException.modelNotFound(id));
    }

    private Stream<ModelTarget> visible(HttpRequest request) {
        return catalog.all().stream()
                .filter(target -> request.grant().caller().mayUse(target.id()));
    }

    private static JsonObject toJson(ModelTarget target) {
        return switch (target) {
            case LocalModel local -> {
                ModelDescription description = local.model().description();
                yield JsonObject.builder()
                        .put("id", local.id())
                        .put("object", "model")
                        .put("created", local.created().getEpochSecond())
                        .put("owned_by", OWNER)
                        .put("max_model_len", description.contextLength())
                        .put("meta", meta(description))
                        .build();
            }
        };
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
