package dev.parlance.server.api;

import dev.parlance.engine.generation.ServiceTerms;

import java.time.Duration;

/**
 * What the server decides about how requests are served.
 *
 * @param requestTimeout most time for a request, waiting included; zero: no limit
 */
public record ServicePolicy(Duration requestTimeout) {
    /** All clients are one tenant as long as nothing tells them apart. */
    private static final String TENANT = "";

    /** The terms of a request that asks for this priority. */
    ServiceTerms terms(int priority) {
        return new ServiceTerms(TENANT, priority, requestTimeout);
    }
}
