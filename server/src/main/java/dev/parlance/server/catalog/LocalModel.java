package dev.parlance.server.catalog;

import dev.parlance.engine.LoadedModel;

import java.time.Instant;

/**
 * A model that is loaded, under the name it is served by.
 *
 * @param created when this program began to serve it
 */
public record LocalModel(String id, Instant created, LoadedModel model) {}
