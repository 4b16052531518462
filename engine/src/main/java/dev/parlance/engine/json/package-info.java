/**
 * A JSON tree, its reader and its writer. Entry types: {@link dev.parlance.engine.json.Json},
 * {@link dev.parlance.engine.json.JsonValue}. The only package that imports a JSON library. All
 * types are immutable.
 */
package dev.parlance.engine.json;
