package dev.parlance.app.bench.serve;

import dev.parlance.engine.json.JsonObject;

import java.time.Duration;

/**
 * How requests are made.
 *
 * @param extraBody members that every request has besides, or instead of those it would have
 * @param timeout of a whole request
 */
public record ClientOptions(Api api, JsonObject extraBody, Duration timeout) {}
