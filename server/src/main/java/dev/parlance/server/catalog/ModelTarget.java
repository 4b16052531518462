package dev.parlance.server.catalog;

import java.time.Instant;

/** Where requests for a model go. */
public sealed interface ModelTarget permits LocalModel {
    /** The name clients ask for. */
    String id();

    /** When this program began to serve it. */
    Instant created();
}
