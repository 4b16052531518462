/** {@code GET /v1/models}. Entry type: {@code ModelsEndpoint}. */
package dev.parlance.server.api.models;
