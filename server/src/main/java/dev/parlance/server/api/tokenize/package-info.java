/** {@code POST /tokenize} and {@code POST /detokenize}, in vLLM's shapes. */
package dev.parlance.server.api.tokenize;
