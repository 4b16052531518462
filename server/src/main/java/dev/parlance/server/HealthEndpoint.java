package dev.parlance.server;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.http.HttpHandler;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

/** Answers {@code GET /health}: 200 when requests can be served. */
final class HealthEndpoint implements HttpHandler {
    private static final int RETRY_SECONDS = 5;

    private final ModelCatalog catalog;

    HealthEndpoint(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        // While the server shuts down, the listener answers 503 before a handler is asked.
        if (!catalog.isReady()) {
            throw ApiException.unavailable(RETRY_SECONDS, "the model is still being loaded");
        }
        return JsonBodies.ok(JsonObject.builder().put("status", "ok").build());
    }
}
