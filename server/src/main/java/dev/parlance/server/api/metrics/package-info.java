/** {@code GET /metrics}. Entry type: {@code MetricsEndpoint}. */
package dev.parlance.server.api.metrics;
