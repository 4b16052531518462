package dev.parlance.server.api;

import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelTarget;
import dev.parlance.server.http.HttpRequest;

import java.util.Optional;

/** Finds the model that a request names. Threads: safe. */
public final class ModelLookup {
    private static final int RETRY_SECONDS = 5;

    private final ModelCatalog catalog;

    public ModelLookup(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * @throws ApiException 404 if there is no such model for the caller of the request, 503 if
     *     models are still being loaded
     */
    public LocalModel find(String name, HttpRequest request) {
        ModelTarget target =
                catalog.find(name)
                        .filter(found -> request.grant().caller().mayUse(found.id()))
                        .orElseThrow(() -> notFound(name));
        return switch (target) {
            case LocalModel local -> local;
        };
    }

    /** The model of a request that need not name one. */
    public LocalModel findOrFirst(Optional<String> name, HttpRequest request) {
        if (name.isPresent()) {
            return find(name.get(), request);
        }
        return catalog.all().stream()
                .filter(target -> request.grant().caller().mayUse(target.id()))
                .findFirst()
                .map(target -> find(target.id(), request))
                .orElseThrow(() -> notFound(""));
    }

    private ApiException notFound(String name) {
        return catalog.isReady()
                ? ApiException.modelNotFound(name)
                : ApiException.unavailable(RETRY_SECONDS, "the model is still being loaded");
    }
}
