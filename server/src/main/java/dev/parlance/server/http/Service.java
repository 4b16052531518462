package dev.parlance.server.http;

import dev.parlance.server.access.Security;

import io.vertx.core.Vertx;

/** What all exchanges of one listener share. */
record Service(
        Vertx vertx,
        Router router,
        FailureMapper failures,
        ListenerOptions options,
        Security security,
        Connections connections,
        BodyMemory bodyMemory,
        InFlight inFlight) {

    /**
     * Whether requests to public names are refused. A key protects better, and who listens beyond
     * this machine has said that he knows.
     */
    boolean privateNamesOnly() {
        return security.access().isOpen() && !security.anyHostName();
    }
}
