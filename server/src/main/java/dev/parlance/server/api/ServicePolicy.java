package dev.parlance.server.api;

import dev.parlance.engine.generation.ServiceTerms;
import dev.parlance.server.http.HttpRequest;

import java.time.Duration;

/**
 * What the server decides about how requests are served.
 *
 * @param requestTimeout most time for a request, waiting included; zero: no limit
 * @param tenant among whom work is shared fairly: the name of a key; without keys all clients are
 *     one
 */
public record ServicePolicy(Duration requestTimeout, String tenant) {
    public ServicePolicy(Duration requestTimeout) {
        this(requestTimeout, "");
    }

    /** The same for whoever sends a request. */
    public ServicePolicy of(HttpRequest request) {
        return new ServicePolicy(requestTimeout, request.grant().caller().name());
    }

    /** The terms of a request that asks for this priority. */
    ServiceTerms terms(int priority) {
        return new ServiceTerms(tenant, priority, requestTimeout);
    }
}
