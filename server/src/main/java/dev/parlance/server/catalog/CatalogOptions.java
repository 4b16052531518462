package dev.parlance.server.catalog;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How the catalog keeps models.
 *
 * @param acceptAnyName whether a name that no model has means the first model, for clients that
 *     cannot be told a name
 * @param memoryBytes most memory of all models at a time; absent: no limit, so that a model stays
 *     once it is loaded
 * @param loadTimeout how long a request waits for a model that is not in memory
 */
public record CatalogOptions(
        boolean acceptAnyName, OptionalLong memoryBytes, Duration loadTimeout) {
    /** Exact names, no limit, a minute. */
    public static final CatalogOptions DEFAULT =
            new CatalogOptions(false, OptionalLong.empty(), Duration.ofSeconds(60));
}
