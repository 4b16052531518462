/**
 * The adapter over the HTTP server library, and the only package that imports it. Entry types:
 * {@link dev.parlance.server.http.HttpListener}, {@link dev.parlance.server.http.Router}, {@link
 * dev.parlance.server.http.HttpHandler}. Knows nothing of JSON or of any dialect.
 *
 * <p>Threads: sockets belong to one event loop; every request runs on a virtual thread of its own,
 * which may block.
 */
package dev.parlance.server.http;
