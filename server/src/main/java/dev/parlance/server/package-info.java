/** Builds the routes and runs the HTTP server. Entry type: {@code ParlanceServer}. */
package dev.parlance.server;
