/**
 * The model that comes inside the program. Entry type: {@link
 * dev.parlance.app.model.EmbeddedModel}. Threads: safe.
 */
package dev.parlance.app.model;
