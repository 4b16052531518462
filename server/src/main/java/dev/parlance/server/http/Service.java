package dev.parlance.server.http;

import io.vertx.core.Vertx;

/** What all exchanges of one listener share. */
record Service(
        Vertx vertx,
        Router router,
        FailureMapper failures,
        ListenerOptions options,
        InFlight inFlight) {}
