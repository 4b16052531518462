package dev.parlance.server.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A model that clients can ask for, in memory or not.
 *
 * @param id its name
 * @param aliases further names
 * @param sizeBytes what it needs of {@link CatalogOptions#memoryBytes()}
 * @param preload whether it is loaded at the start; otherwise the first request loads it
 * @param idleUnload how long it stays in memory without requests; absent: until others need room
 */
public record ServedModel(
        String id,
        List<String> aliases,
        long sizeBytes,
        boolean preload,
        Optional<Duration> idleUnload,
        ModelLoader loader) {
    public ServedModel {
        aliases = List.copyOf(aliases);
        if (id.isEmpty() || aliases.contains("")) {
            throw new IllegalArgumentException("a model needs names that are not empty");
        }
    }
}
