/** {@code POST /v1/completions}. Entry type: {@code CompletionsEndpoint}. */
package dev.parlance.server.api.completions;
