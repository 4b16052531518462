/**
 * Measures OpenAI-compatible servers from outside, over HTTP: sends load, takes the time of every
 * piece of every answer, and compares servers in turn. Entry type: {@link
 * dev.parlance.app.bench.serve.ServeBenchmark}. The only package that is an HTTP client; it knows
 * OpenAI's field names as a client does.
 */
package dev.parlance.app.bench.serve;
