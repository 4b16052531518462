/**
 * Server-sent events, as a client reads them. Entry type: {@link dev.parlance.app.sse.SseDecoder}.
 */
package dev.parlance.app.sse;
