/**
 * Which models are served, by name, and which of them are in memory. Entry type: {@link
 * dev.parlance.server.catalog.ModelCatalog}. Threads: safe.
 */
package dev.parlance.server.catalog;
