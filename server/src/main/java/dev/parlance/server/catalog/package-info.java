/**
 * Which models are served, by name. Entry type: {@link dev.parlance.server.catalog.ModelCatalog}.
 * Threads: safe.
 */
package dev.parlance.server.catalog;
