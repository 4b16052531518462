package dev.parlance.server.catalog;

import dev.parlance.engine.LoadedModel;

import java.time.Instant;

/** A model that runs in this program. */
public record LocalModel(String id, Instant created, LoadedModel model) implements ModelTarget {
    public LocalModel {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a model needs a name that is not empty");
        }
    }
}
