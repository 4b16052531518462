package dev.parlance.server;

import dev.parlance.server.access.Security;
import dev.parlance.server.api.ApiFailures;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.ModelLookup;
import dev.parlance.server.api.ServicePolicy;
import dev.parlance.server.api.chatcompletions.ChatCompletionsEndpoint;
import dev.parlance.server.api.completions.CompletionsEndpoint;
import dev.parlance.server.api.metrics.MetricsEndpoint;
import dev.parlance.server.api.models.ModelsEndpoint;
import dev.parlance.server.api.tokenize.TokenizeEndpoint;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.http.Connections;
import dev.parlance.server.http.HttpListener;
import dev.parlance.server.http.Router;

import java.io.IOException;
import java.time.InstantSource;

/** The HTTP server. Threads: safe. */
public final class ParlanceServer implements AutoCloseable {
    private final HttpListener listener;

    private ParlanceServer(HttpListener listener) {
        this.listener = listener;
    }

    /** The same for this machine alone, without keys and encryption. */
    public static ParlanceServer start(ServerOptions options, ModelCatalog catalog)
            throws IOException {
        return start(options, Security.NONE, catalog);
    }

    /**
     * Listens and serves the models of the catalog, also those that are added later.
     *
     * @throws IOException if the address cannot be bound or the files for TLS cannot be used; the
     *     message says which and what to do
     */
    public static ParlanceServer start(
            ServerOptions options, Security security, ModelCatalog catalog) throws IOException {
        ServicePolicy service = new ServicePolicy(options.requestTimeout());
        Connections connections = new Connections(options.maxConnections());
        Router routes =
                routes(catalog, options.api(), service, InstantSource.system(), connections);
        return new ParlanceServer(
                HttpListener.start(
                        options.listener(), connections, security, routes, new ApiFailures()));
    }

    private static Router routes(
            ModelCatalog catalog,
            ApiOptions api,
            ServicePolicy service,
            InstantSource clock,
            Connections connections) {
        ModelLookup lookup = new ModelLookup(catalog);
        ModelsEndpoint models = new ModelsEndpoint(catalog);
        TokenizeEndpoint tokenize = new TokenizeEndpoint(lookup, clock, api);
        HealthEndpoint health = new HealthEndpoint(catalog);
        return Router.builder()
                .post("/v1/completions", new CompletionsEndpoint(lookup, clock, api, service))
                .post(
                        "/v1/chat/completions",
                        new ChatCompletionsEndpoint(lookup, clock, api, service))
                .get("/v1/models", models::list)
                .getPrefix(ModelsEndpoint.ONE_PREFIX, models::one)
                .post("/tokenize", tokenize::tokenize)
                .post("/v1/tokenize", tokenize::tokenize)
                .post("/detokenize", tokenize::detokenize)
                .post("/v1/detokenize", tokenize::detokenize)
                .get("/health", health)
                .get("/metrics", new MetricsEndpoint(catalog, connections))
                .get("/v1/health", health)
                .open("/health")
                .open("/v1/health")
                .build();
    }

    /** The port it listens on, also when the system chose it. */
    public int port() {
        return listener.port();
    }

    /**
     * Finishes running requests for as long as the options allow and refuses new ones meanwhile,
     * then ends the rest and stops. Does not close models.
     */
    @Override
    public void close() {
        listener.close();
    }
}
